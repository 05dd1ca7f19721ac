/** What agents have written with the log of their context. */
import * as protocol from '../protocol/log-levels.ts';
import { expectObject, runPath, type CallOptions, type HttpRequest } from './http.ts';
import { SystemCommands } from './system-commands.ts';
import type { LogLine, LogLines } from './types.ts';

/** Ascending. */
export const logLevels: readonly LogLine['level'][] = protocol.logLevels;

interface LogOptions extends CallOptions {
  /** `next` of a page: what was written since, the oldest first. */
  after?: number;
  /** `previous` of a page: the newest of those before it. */
  before?: number;
  limit?: number;
  /** This level and those above it. */
  level?: LogLine['level'];
}

export interface RunLogOptions extends LogOptions {
  /** As in codesmith#2. */
  step?: string;
}

export interface SystemLogOptions extends LogOptions {
  agent?: string;
  run?: string;
}

export class LogCommands extends SystemCommands {
  /** What the agents of a run have logged, a page from the first line on, or from another. Errors: run_not_found. */
  logs(run: string, { signal, ...query }: RunLogOptions = {}): Promise<LogLines> {
    return this.#read(`${runPath(run)}/logs`, query, signal);
  }

  /** The same over all runs, the newest page, or another (role ops). */
  systemLogs({ signal, ...query }: SystemLogOptions = {}): Promise<LogLines> {
    return this.#read('v1/system/logs', query, signal);
  }

  async #read(
    path: string,
    query: NonNullable<HttpRequest['query']>,
    signal: AbortSignal | undefined,
  ): Promise<LogLines> {
    const { body } = await this.http.json(path, { query, repeatable: true, ...(signal && { signal }) });
    return expectObject(body) as unknown as LogLines;
  }
}
