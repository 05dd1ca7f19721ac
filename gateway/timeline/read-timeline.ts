/** Reads a run's history, every execution of it, and folds it to steps. What was closed at the last reading is not read again. */
import { BatonError } from '../../protocol/errors.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { TimelineExecution } from '../../protocol/schemas/timeline.ts';
import { ExecutionReader } from '../history/execution-reader.ts';
import type { RunContext } from '../runs/run-context.ts';
import { ActivityFacts, type ActivityCall, type Worker } from './activity-facts.ts';
import { shortText } from './step-record.ts';
import { TimelineFold } from './timeline-fold.ts';

export type ReadingContext = Pick<RunContext, 'reading' | 'decode'>;

export interface TimelineReading {
  fold: TimelineFold;
  state: RunState;
  executions: TimelineExecution[];
  /** Of the newest execution. */
  calls: ActivityCall[];
  worker: Worker | null;
  stuckOver: string | null;
  isCut: boolean;
  settled: SettledTimeline | null;
}

/** All executions but the newest, folded: they never change. */
export interface SettledTimeline {
  /** The last of them. */
  runId: string;
  fold: TimelineFold;
  executions: readonly TimelineExecution[];
  worker: Worker | null;
  isCut: boolean;
}

interface Execution {
  runId: string;
  events: RunEvent[];
  reader: ExecutionReader;
  facts: ActivityFacts;
}

/** `runId`: its newest execution. `known`: of an earlier reading. Errors: run_not_found. */
export async function readTimeline(
  context: ReadingContext,
  run: string,
  runId: string,
  known: SettledTimeline | null,
): Promise<TimelineReading> {
  const { chain, before, isCut } = await readChain(context, run, { newest: runId, known });
  const newest = chain.pop();
  if (!newest) throw new BatonError('run_not_found', `there is no run ${run}`, { run });
  const settled = await settle(context, chain, { before, isCut });
  const fold = settled?.fold.copy() ?? new TimelineFold();
  const calls = await foldExecution(context, fold, newest);
  const { facts, reader } = newest;
  return {
    fold,
    state: reader.projection.state,
    executions: [...(settled?.executions ?? []), executionView(newest)],
    calls,
    worker: facts.worker ?? settled?.worker ?? null,
    stuckOver: await facts.stuckOver(context.decode),
    isCut,
    settled,
  };
}

/** `before`, and what was read of closed executions after it. */
async function settle(
  context: ReadingContext,
  closed: Execution[],
  { before, isCut }: { before: SettledTimeline | null; isCut: boolean },
): Promise<SettledTimeline | null> {
  const last = closed.at(-1);
  if (!last) return before;
  const fold = before?.fold.copy() ?? new TimelineFold();
  const executions = [...(before?.executions ?? [])];
  let worker = before?.worker ?? null;
  for (const execution of closed) {
    await foldExecution(context, fold, execution);
    executions.push(executionView(execution));
    worker = execution.facts.worker ?? worker;
    // What was folded is not held twice.
    execution.events = [];
  }
  return { runId: last.runId, fold, executions, worker, isCut };
}

async function foldExecution(
  context: ReadingContext,
  fold: TimelineFold,
  { events, facts }: Execution,
): Promise<ActivityCall[]> {
  for (const event of events) fold.take(event);
  const calls = await facts.calls(context.decode);
  for (const call of calls) fold.addCall(call);
  return calls;
}

/** Oldest first, as far back as is not known. `before`: what is known and comes before them. */
async function readChain(
  context: ReadingContext,
  run: string,
  { newest, known }: { newest: string; known: SettledTimeline | null },
): Promise<{ chain: Execution[]; before: SettledTimeline | null; isCut: boolean }> {
  const chain: Execution[] = [];
  for (let runId: string | null = newest; runId !== null;) {
    if (chain.length > 0 && runId === known?.runId) return { chain, before: known, isCut: known.isCut };
    try {
      const execution: Execution = await readExecution(context, run, runId);
      chain.unshift(execution);
      runId = execution.reader.projection.predecessor;
    } catch (error) {
      const isPast = chain.length > 0 && error instanceof BatonError && error.code === 'run_not_found';
      if (!isPast) throw error;
      return { chain, before: null, isCut: true };
    }
  }
  return { chain, before: null, isCut: false };
}

async function readExecution(context: ReadingContext, run: string, runId: string): Promise<Execution> {
  const facts = new ActivityFacts();
  const onEntry = facts.take.bind(facts);
  const reader = new ExecutionReader(context.reading, run, runId, { onEntry });
  const events: RunEvent[] = [];
  for await (const page of reader.pages()) for (const event of page) events.push(event);
  return { runId, events, reader, facts };
}

const causes: ReadonlySet<string> = new Set(['run.started', 'run.reset', 'run.retried', 'run.continued']);

function executionView({ runId, events: [first], reader, facts }: Execution): TimelineExecution {
  const { projection } = reader;
  const cause = first !== undefined && causes.has(first.type) ? first : null;
  const data = (cause?.type === 'run.started' ? cause.data['startedBy'] : cause?.data) as
    | Record<string, unknown>
    | undefined;
  const ended = projection.outcome === 'open' ? null : facts.lastAt;
  return {
    execution: runId,
    fromSeq: projection.firstSeq,
    toSeq: projection.nextSeq - 1,
    cause: cause?.type ?? null,
    by: shortText(data?.['by']),
    via: shortText(data?.['via']),
    from: shortText(data?.['from']),
    at: facts.firstAt ?? '',
    endedAt: ended,
    outcome: projection.outcome === 'continued' ? 'continued' : projection.state.status,
    entries: reader.entriesRead,
  };
}
