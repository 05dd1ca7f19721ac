/** Reads a run's whole history, every execution of it, and folds it to steps. */
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
}

interface Execution {
  runId: string;
  events: RunEvent[];
  reader: ExecutionReader;
  facts: ActivityFacts;
}

/** `runId`: its newest execution. Errors: run_not_found. */
export async function readTimeline(context: ReadingContext, run: string, runId: string): Promise<TimelineReading> {
  const { chain, isCut } = await readChain(context, run, runId);
  const fold = new TimelineFold();
  const executions: TimelineExecution[] = [];
  let calls: ActivityCall[] = [];
  for (const execution of chain) {
    for (const event of execution.events) fold.take(event);
    calls = await execution.facts.calls(context.decode);
    for (const call of calls) fold.addCall(call);
    executions.push(executionView(execution));
    // What was folded is not held twice.
    execution.events = [];
  }
  const newest = chain.at(-1);
  if (!newest) throw new BatonError('run_not_found', `there is no run ${run}`, { run });
  const { facts, reader } = newest;
  const worker = chain.findLast((each) => each.facts.worker !== null)?.facts.worker ?? null;
  return {
    fold,
    state: reader.projection.state,
    executions,
    calls,
    worker,
    stuckOver: await facts.stuckOver(context.decode),
    isCut,
  };
}

/** Oldest first. */
async function readChain(
  context: ReadingContext,
  run: string,
  newest: string,
): Promise<{ chain: Execution[]; isCut: boolean }> {
  const chain: Execution[] = [];
  for (let runId: string | null = newest; runId !== null;) {
    try {
      const execution: Execution = await readExecution(context, run, runId);
      chain.unshift(execution);
      runId = execution.reader.projection.predecessor;
    } catch (error) {
      const isPast = chain.length > 0 && error instanceof BatonError && error.code === 'run_not_found';
      if (!isPast) throw error;
      return { chain, isCut: true };
    }
  }
  return { chain, isCut: false };
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
