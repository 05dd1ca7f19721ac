import type { AgentLog } from '../protocol/agent.ts';
import type { LogLevel } from '../protocol/log-levels.ts';
import type { Log } from '../runtime/log.ts';
import type { AttemptLines } from './attempt-lines.ts';

/**
 * An agent's log: the process's own, with run, step and attempt; and, whatever level that one has, lines that gateways
 * can read. Fields whose names are those of secrets are redacted in both; inputs, results and answers are never logged by
 * the engine.
 */
export function agentLog(
  log: Log,
  place: { run: string; step: string; attempt: number },
  lines: Pick<AttemptLines, 'write'> | null,
): AgentLog {
  const child = log.child(place);
  const at =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      child[level](fields, message);
      lines?.write(level, message, fields);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
