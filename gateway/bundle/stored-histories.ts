/** Histories in files, page by page as Temporal gives them: what reads a run reads an opened bundle, too. */
import { readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { LRUCache } from 'lru-cache';
import { BatonError } from '../../protocol/errors.ts';
import { bundleHistoriesKept, bundlePageEntries } from '../../protocol/limits.ts';
import type { Described, HistoryEvent, HistoryPage, HistoryReading } from '../history/history-service.ts';

export interface StoredHistory {
  runId: string;
  file: string;
}

/** `executions`: of one run, oldest first. Nothing is ever added: whoever waits for more waits until its signal fires. */
export class StoredHistories implements HistoryReading {
  private readonly run: string;
  private readonly blueprint: string;
  private readonly executions: readonly StoredHistory[];
  private readonly read = new LRUCache<string, Promise<HistoryEvent[]>>({ max: bundleHistoriesKept });

  constructor(run: string, blueprint: string, executions: readonly StoredHistory[]) {
    this.run = run;
    this.blueprint = blueprint;
    this.executions = executions;
  }

  async page(
    run: string,
    runId: string,
    token: Uint8Array,
    { wait, signal }: { wait: boolean; signal?: AbortSignal },
  ): Promise<HistoryPage> {
    const events = await this.eventsOf(run, runId);
    const from = token.length === 0 ? 0 : Number(Buffer.from(token).toString());
    if (wait && from >= events.length && !isClosed(events)) await abortOf(signal);
    const page = events.slice(from, from + bundlePageEntries);
    const next = from + page.length;
    const isLast = next >= events.length && (!wait || isClosed(events));
    return { events: page, nextPageToken: isLast ? new Uint8Array() : Buffer.from(String(next)) };
  }

  async describe(run: string, runId = this.executions.at(-1)?.runId ?? ''): Promise<Described> {
    const events = await this.eventsOf(run, runId);
    return {
      runId,
      firstRunId: this.executions[0]?.runId ?? '',
      isRunning: !isClosed(events),
      historyLength: events.length,
      isStuck: false,
      memo: {},
      workflowType: this.blueprint,
      pendingActivities: [],
      pinnedTo: null,
      info: {},
    };
  }

  private eventsOf(run: string, runId: string): Promise<HistoryEvent[]> {
    const known = run === this.run ? this.executions.find((each) => each.runId === runId) : undefined;
    if (!known)
      return Promise.reject(new BatonError('run_not_found', `there is no run ${run} in this bundle`, { run }));
    const reading = this.read.get(runId) ?? readHistory(known.file);
    this.read.set(runId, reading);
    return reading;
  }
}

async function readHistory(file: string): Promise<HistoryEvent[]> {
  return historyFromJSON(JSON.parse(await readFile(file, 'utf8'))).events ?? [];
}

function isClosed(events: readonly HistoryEvent[]): boolean {
  const last = events.at(-1);
  return (
    last !== undefined &&
    [
      last.workflowExecutionCompletedEventAttributes,
      last.workflowExecutionFailedEventAttributes,
      last.workflowExecutionCanceledEventAttributes,
      last.workflowExecutionTerminatedEventAttributes,
      last.workflowExecutionTimedOutEventAttributes,
      last.workflowExecutionContinuedAsNewEventAttributes,
    ].some((attributes) => attributes != null)
  );
}

function abortOf(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
