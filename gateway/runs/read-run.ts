/** Reads a run as far as a command on it needs. */
import { BatonError } from '../../protocol/errors.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { ExecutionReader } from '../history/execution-reader.ts';
import type { Described } from '../history/history-service.ts';
import type { Projection } from '../history/projection.ts';
import { CallCollector, type AgentCall } from './agent-calls-of.ts';
import type { RunContext } from './run-context.ts';

/** One execution of a run, read whole. */
export interface ExecutionReading {
  runId: string;
  projection: Projection;
  /** With their whole data. */
  events: RunEvent[];
  /** `pending`: what the server holds of it, while it is open. */
  calls(pending?: Described['pendingActivities']): Promise<AgentCall[]>;
}

export interface RunReading extends ExecutionReading {
  run: string;
  isOpen: boolean;
  /** It runs, but its workflow task keeps failing. */
  isStuck: boolean;
  pendingActivities: Described['pendingActivities'];
  pinnedTo: Described['pinnedTo'];
  state: RunState;
  /** The run's whole input, however large. */
  input: unknown;
  memo: Described['memo'];
}

/** The newest execution, to its end so far. Errors: run_not_found. */
export async function readRun(context: RunContext, run: string): Promise<RunReading> {
  const { runId, memo, isStuck, pendingActivities, pinnedTo } = await context.service.describe(run);
  const read = await readExecution(context, run, runId);
  const { state, input, outcome } = read.projection;
  return { run, ...read, isOpen: outcome === 'open', isStuck, pendingActivities, pinnedTo, state, input, memo };
}

/**
 * The execution, and those before it, newest first. Ends where the first one has been given.
 * Errors: step_expired where the log before is past retention.
 */
export async function* backwards(context: RunContext, reading: RunReading): AsyncGenerator<ExecutionReading> {
  for (let read: ExecutionReading = reading; ;) {
    yield read;
    const { predecessor, firstSeq } = read.projection;
    if (predecessor === null) return;
    try {
      read = await readExecution(context, reading.run, predecessor);
    } catch (error) {
      if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
      throw new BatonError('step_expired', `the part of run ${reading.run} before seq ${firstSeq} is past retention`, {
        field: 'step',
        firstSeq,
      });
    }
  }
}

/** As `backwards`, but what is past retention is left out. Oldest first. */
export async function readableExecutions(context: RunContext, reading: RunReading): Promise<ExecutionReading[]> {
  const read: ExecutionReading[] = [];
  try {
    for await (const execution of backwards(context, reading)) read.unshift(execution);
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'step_expired') throw error;
  }
  return read;
}

async function readExecution(context: RunContext, run: string, runId: string): Promise<ExecutionReading> {
  const collector = new CallCollector();
  const reader = new ExecutionReader(context.reading, run, runId, {
    whole: true,
    onEntry: (entry, seq) => collector.take(entry, seq),
  });
  const events: RunEvent[] = [];
  for await (const page of reader.pages()) for (const event of page) events.push(event);
  const { decode } = context;
  return { runId, projection: reader.projection, events, calls: (pending) => collector.calls(decode, pending ?? null) };
}
