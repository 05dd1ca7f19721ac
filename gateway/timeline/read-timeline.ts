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

export interface TimelineReading {
  fold: TimelineFold;
  state: RunState;
  executions: TimelineExecution[];
  /** Of the newest execution. */
  calls: ActivityCall[];
  worker: Worker | null;
  stuckOver: string | null;
  isCut: boolean;
  settled: Settled | null;
  /** null once the run has ended: it is settled. */
  open: OpenExecution | null;
}

/** All executions that have been closed, folded: they never change. */
interface Settled {
  /** The last of them. */
  runId: string;
  fold: TimelineFold;
  executions: readonly TimelineExecution[];
  worker: Worker | null;
  isCut: boolean;
}

interface Execution {
  runId: string;
  first: RunEvent | null;
  /** What has been read, and not been folded. */
  events: RunEvent[];
  reader: ExecutionReader;
  facts: ActivityFacts;
}

interface OpenExecution {
  execution: Execution;
  /** Of everything before it, and of its events, without its activities: those are counted anew each time. */
  fold: TimelineFold;
}

type Newest = Pick<Described, 'runId' | 'isRunning' | 'historyLength'>;
type Known = Pick<TimelineReading, 'settled' | 'open'>;
const nothing: Known = { settled: null, open: null };

interface Chain {
  /** Oldest first, as far back as is not known. */
  executions: Execution[];
  /** What comes before them. */
  before: Settled | null;
  /** Where the first of them was open, and is read on. */
  fold: TimelineFold | null;
  isCut: boolean;
}

/** `newest`: the execution to which it is read. `known`: an earlier reading, which is used up. Errors: run_not_found. */
export async function readTimeline(
  context: ReadingContext,
  run: string,
  newest: Newest,
  known: Known = nothing,
): Promise<TimelineReading> {
  const { executions: chain, before, fold: goesOn, isCut } = await readChain(context, run, newest, known);
  const last = chain.at(-1);
  if (!last) throw new BatonError('run_not_found', `there is no run ${run}`, { run });
  const { projection } = last.reader;
  const isOpen = projection.outcome === 'open';
  let fold = goesOn ?? before?.fold.copy() ?? new TimelineFold();
  let settled = before;
  let calls: ActivityCall[] = [];
  for (const execution of chain) {
    for (const event of execution.events.splice(0)) fold.take(event);
    calls = await execution.facts.calls(context.decode);
    if (execution === last && isOpen) break;
    for (const call of calls) fold.addCall(call);
    settled = {
      runId: execution.runId,
      fold,
      executions: [...(settled?.executions ?? []), executionView(execution)],
      worker: execution.facts.worker ?? settled?.worker ?? null,
      isCut,
    };
    // What is settled stays as it is.
    if (isOpen && chain.at(-2) === execution) fold = fold.copy();
  }
  const open = isOpen ? { execution: last, fold } : null;
  if (open) {
    fold = fold.copy();
    for (const call of calls) fold.addCall(call);
  }
  const executions = [...(settled?.executions ?? [])];
  return {
    fold,
    state: copyState(projection.state),
    executions: open ? [...executions, executionView(last)] : executions,
    calls,
    worker: last.facts.worker ?? settled?.worker ?? null,
    stuckOver: await last.facts.stuckOver(context.decode),
    isCut,
    settled,
    open,
  };
}

async function readChain(
  context: ReadingContext,
  run: string,
  newest: Newest,
  { settled, open }: Known,
): Promise<Chain> {
  const executions: Execution[] = [];
  for (let runId: string | null = newest.runId; runId !== null;) {
    if (executions.length > 0 && runId === settled?.runId)
      return { executions, before: settled, fold: null, isCut: settled.isCut };
    // What is closed is read to its end.
    const toEntry = runId === newest.runId && newest.isRunning ? newest.historyLength : Infinity;
    if (runId === open?.execution.runId) {
      await readOn(open.execution, toEntry);
      executions.unshift(open.execution);
      return { executions, before: settled, fold: open.fold, isCut: settled?.isCut ?? false };
    }
    try {
      const execution: Execution = await readOn(newExecution(context, run, runId), toEntry);
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
  return { runId, first: null, events: [], reader, facts };
}

/** As a reader that waits, for it alone can go on later; it never has to, for so many entries are there. */
async function readOn(execution: Execution, toEntry: number): Promise<Execution> {
  const { reader, events } = execution;
  while (reader.entriesRead < toEntry) {
    const page = await reader.next(true);
    execution.first ??= page.events[0] ?? null;
    for (const event of page.events) events.push(event);
    if (page.isLast) break;
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
