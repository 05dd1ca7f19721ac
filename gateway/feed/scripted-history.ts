/** A history service for tests: executions that a test writes, read page by page as Temporal gives them. */
import type { Payload } from '@temporalio/common';
import { BatonError } from '../../protocol/errors.ts';
import { memoKeys, type ExecutionInput } from '../../protocol/execution.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { Described, HistoryEvent, HistoryPage, HistoryService } from '../history/history-service.ts';

interface Execution {
  runId: string;
  events: HistoryEvent[];
  isClosed: boolean;
}

const at = '2026-01-01T00:00:00.000Z';
const pack = (value: unknown) => ({ value }) as Payload;
export const unpack = (payload: Payload): unknown => (payload as { value?: unknown }).value;

export class ScriptedHistory implements Pick<HistoryService, 'page' | 'describe'> {
  readonly executions: Execution[] = [];
  /** Called before each page and each description; what it throws is thrown. */
  onCall: () => void = () => undefined;
  private readonly waiting = new Set<() => void>();
  private readonly pageEvents: number;
  private nextSeq = 1;

  constructor(pageEvents: number) {
    this.pageEvents = pageEvents;
  }

  get lastSeq(): number {
    return this.nextSeq - 1;
  }

  begin(predecessor: string | null = null, isContinued = false): void {
    const runId = `run-${this.executions.length + 1}`;
    const type = this.executions.length === 0 ? 'run.started' : 'run.retried';
    const cause = isContinued ? null : { type, at, data: { blueprint: 'b' } };
    const input = { seq: this.nextSeq, state: null, predecessor, cause, input: null } as ExecutionInput;
    this.executions.push({ runId, events: [], isClosed: false });
    const started = {
      input: { payloads: [pack(input)] },
      continuedExecutionRunId: isContinued ? (this.executions.at(-2)?.runId ?? '') : '',
    };
    this.write({ workflowExecutionStartedEventAttributes: started }, isContinued ? 0 : 1);
  }

  /** A batch of the supervisor's. */
  batch(count: number): void {
    this.batchOf(Array.from({ length: count }, (_, index) => ({ type: 'agent.emitted', at, data: { index } })));
  }

  batchOf(events: EventDraft[]): void {
    const fields = { [memoKeys.batch]: pack({ first: this.nextSeq, events }) };
    this.write({ workflowPropertiesModifiedEventAttributes: { upsertedMemo: { fields } } }, events.length);
  }

  /** An entry that is worth nothing. */
  idle(): void {
    this.write({}, 0);
  }

  end(): void {
    this.close({ workflowExecutionCompletedEventAttributes: {} }, 1);
  }

  continueAsNew(): void {
    const newExecutionRunId = `run-${this.executions.length + 1}`;
    this.close({ workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId } }, 0);
    this.begin(null, true);
  }

  retry(): void {
    this.begin(this.newest.runId);
  }

  /** Past retention. */
  forget(runId: string): void {
    this.executions.splice(
      this.executions.findIndex((each) => each.runId === runId),
      1,
    );
  }

  async page(
    run: string,
    runId: string,
    token: Uint8Array,
    { wait, signal }: { wait: boolean; signal?: AbortSignal },
  ): Promise<HistoryPage> {
    await Promise.resolve();
    this.onCall();
    const execution = this.executions.find((each) => each.runId === runId);
    if (!execution) throw new BatonError('run_not_found', `there is no run ${run}`);
    const from = token.length === 0 ? 0 : Number(Buffer.from(token).toString());
    if (wait && from >= execution.events.length && !execution.isClosed) await this.change(signal);
    const events = execution.events.slice(from, from + this.pageEvents);
    const next = from + events.length;
    const isAll = next >= execution.events.length;
    const isLast = isAll && (execution.isClosed || !wait);
    return { events, nextPageToken: isLast ? new Uint8Array() : Buffer.from(String(next)) };
  }

  async describe(run: string): Promise<Described> {
    await Promise.resolve();
    this.onCall();
    if (this.executions.length === 0) throw new BatonError('run_not_found', `there is no run ${run}`);
    const { runId, events, isClosed } = this.newest;
    const nothing = {
      memo: {},
      workflowType: 'b',
      pendingActivities: [],
      pinnedTo: null,
      info: {},
      isStuck: false,
      firstRunId: 'run-1',
    };
    return { ...nothing, runId, isRunning: !isClosed, historyLength: events.length };
  }

  private get newest(): Execution {
    return this.executions.at(-1) as Execution;
  }

  private write(event: HistoryEvent, worth: number): void {
    this.newest.events.push(event);
    this.nextSeq += worth;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  private close(event: HistoryEvent, worth: number): void {
    this.newest.isClosed = true;
    this.write(event, worth);
  }

  private change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.add(resolve);
      signal?.addEventListener('abort', () =>
        reject(signal.reason instanceof Error ? signal.reason : new Error('gone')),
      );
    });
  }
}
