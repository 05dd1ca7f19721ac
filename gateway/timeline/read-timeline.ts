/** Reads a run's history, every execution of it, and folds it to steps. What has been read is not read again. */
import { BatonError } from '../../protocol/errors.ts';
import { copyState } from '../../protocol/fold.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { TimelineExecution } from '../../protocol/schemas/timeline.ts';
import { ExecutionReader } from '../history/execution-reader.ts';
import type { Described } from '../history/history-service.ts';
import type { RunContext } from '../runs/run-context.ts';
import { ActivityFacts, type ActivityCall, type Worker } from './activity-facts.ts';
import { shortText } from './step-record.ts';
import { TimelineFold } from './timeline-fold.ts';

export type ReadingContext = Pick<RunContext, 'reading' | 'decode'>;

/** What a later reading goes on from; it uses it up. */
interface Known {
  /** What is before the oldest that was read is past retention. */
  isCut: boolean;
  settled: Settled | null;
  /** null where all that there was is settled. */
  open: OpenExecution | null;
}

export interface TimelineReading extends Known {
  fold: TimelineFold;
  state: RunState;
  executions: readonly TimelineExecution[];
  /** Of the newest execution. */
  calls: ActivityCall[];
  worker: Worker | null;
  stuckOver: string | null;
}

/** All executions that were read to their end, folded: they never change. */
interface Settled {
  /** The last of them. */
  runId: string;
  fold: TimelineFold;
  executions: readonly TimelineExecution[];
  worker: Worker | null;
}

interface OpenExecution {
  execution: Execution;
  /** Of everything before it, and of its events, without its activities: those are counted anew each time. */
  fold: TimelineFold;
}

interface Execution {
  runId: string;
  first: RunEvent | null;
  /** What has been read, and not been folded. */
  events: RunEvent[];
  /** Read to its end. */
  isWhole: boolean;
  reader: ExecutionReader;
  facts: ActivityFacts;
}

type Newest = Pick<Described, 'runId' | 'isRunning' | 'historyLength'>;
const nothing: Known = { isCut: false, settled: null, open: null };

interface Chain {
  /** Oldest first, as far back as is not known. */
  executions: Execution[];
  /** What comes before them. */
  before: Settled | null;
  /** Of the first of them, where it was open, and is read on. */
  fold: TimelineFold | null;
  isCut: boolean;
}

/** `newest`: the execution to which it is read. Errors: run_not_found. */
export async function readTimeline(
  context: ReadingContext,
  run: string,
  newest: Newest,
  known: Known = nothing,
): Promise<TimelineReading> {
  const chain = await readChain(context, run, newest, known);
  const last = chain.executions.at(-1);
  if (!last) throw new BatonError('run_not_found', `there is no run ${run}`, { run });
  const whole = chain.executions.filter(({ isWhole }) => isWhole);
  const settled = whole.length === 0 ? chain.before : await settle(context, whole, chain);
  const calls = await last.facts.calls(context.decode);
  const reading = {
    isCut: chain.isCut,
    settled,
    state: copyState(last.reader.projection.state),
    calls,
    worker: last.facts.worker ?? settled?.worker ?? null,
    stuckOver: await last.facts.stuckOver(context.decode),
  };
  if (last.isWhole && settled) return { ...reading, fold: settled.fold, executions: settled.executions, open: null };
  const goesOn = whole.length === 0 ? chain.fold : null;
  const open = { execution: last, fold: goesOn ?? settled?.fold.copy() ?? new TimelineFold() };
  takeEvents(open.fold, last);
  const fold = open.fold.copy();
  for (const call of calls) fold.addCall(call);
  return { ...reading, fold, executions: [...(settled?.executions ?? []), executionView(last)], open };
}

async function settle(context: ReadingContext, whole: readonly Execution[], chain: Chain): Promise<Settled> {
  const fold = chain.fold ?? chain.before?.fold.copy() ?? new TimelineFold();
  const executions = [...(chain.before?.executions ?? [])];
  let worker = chain.before?.worker ?? null;
  let runId = '';
  for (const execution of whole) {
    takeEvents(fold, execution);
    for (const call of await execution.facts.calls(context.decode)) fold.addCall(call);
    executions.push(executionView(execution));
    worker = execution.facts.worker ?? worker;
    runId = execution.runId;
  }
  return { runId, fold, executions, worker };
}

function takeEvents(fold: TimelineFold, { events }: Execution): void {
  // What is folded is not held twice.
  for (const event of events.splice(0)) fold.take(event);
}

async function readChain(
  context: ReadingContext,
  run: string,
  newest: Newest,
  { isCut, settled, open }: Known,
): Promise<Chain> {
  const executions: Execution[] = [];
  for (let runId: string | null = newest.runId; runId !== null;) {
    if (executions.length > 0 && runId === settled?.runId) return { executions, before: settled, fold: null, isCut };
    // What is closed is read to its end.
    const toEntry = runId === newest.runId && newest.isRunning ? newest.historyLength : Infinity;
    if (runId === open?.execution.runId) {
      executions.unshift(await readTo(toEntry, open.execution));
      return { executions, before: settled, fold: open.fold, isCut };
    }
    try {
      const execution: Execution = await readTo(toEntry, newExecution(context, run, runId));
      executions.unshift(execution);
      runId = execution.reader.projection.predecessor;
    } catch (error) {
      const isPast = executions.length > 0 && error instanceof BatonError && error.code === 'run_not_found';
      if (!isPast) throw error;
      return { executions, before: null, fold: null, isCut: true };
    }
  }
  return { executions, before: null, fold: null, isCut: false };
}

function newExecution(context: ReadingContext, run: string, runId: string): Execution {
  const facts = new ActivityFacts();
  const reader = new ExecutionReader(context.reading, run, runId, { onEntry: facts.take.bind(facts) });
  return { runId, first: null, events: [], isWhole: false, reader, facts };
}

/** As a reader that waits, for it alone can go on later; it never has to, for so many entries are there. */
async function readTo(entry: number, execution: Execution): Promise<Execution> {
  const { reader, events } = execution;
  while (!execution.isWhole && reader.entriesRead < entry) {
    const page = await reader.next(true);
    execution.first ??= page.events[0] ?? null;
    for (const event of page.events) events.push(event);
    execution.isWhole = page.isLast;
  }
  return execution;
}

const causes: ReadonlySet<string> = new Set(['run.started', 'run.reset', 'run.retried', 'run.continued']);

function executionView({ runId, reader, facts, first }: Execution): TimelineExecution {
  const { projection } = reader;
  const cause = first !== null && causes.has(first.type) ? first : null;
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
