/** What people have done to a run, as its log says it: the second of two who act on one run is told what the first did. */
import { BatonError, type ErrorCode } from '../../protocol/errors.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { backwards, readRun, type RunReading } from './read-run.ts';
import type { RunContext } from './run-context.ts';

const actTypes: ReadonlySet<string> = new Set([
  'run.begun',
  'run.reset',
  'run.retried',
  'run.continued',
  'run.cancelling',
  'run.terminated',
  'run.paused',
  'run.unpaused',
  'step.paused',
  'step.unpaused',
  'step.retried',
  'question.answered',
]);

export function isAct({ type, data }: RunEvent): boolean {
  return actTypes.has(type) && typeof data['by'] === 'string' && data['restored'] !== true;
}

/** Of an error: who did what, and when. */
function factsOf({ type, at, seq, data }: RunEvent): { by: string; what: string; at: string; seq: number } {
  return { by: String(data['by']), what: type, at, seq };
}

/** Somebody has acted on the run after the seq: 409 with what was done first. */
export async function runMoved(context: RunContext, run: string, afterSeq: number): Promise<BatonError> {
  const first = await firstActAfter(context, await readRun(context, run), afterSeq);
  const how = first ? `: ${first.type} by ${String(first.data['by'])} at ${first.at}` : '';
  const message = `run ${run} went on while this was prepared${how}: look again`;
  return new BatonError('run_moved', message, { run, ...(first ? factsOf(first) : {}) });
}

/** Errors: run_moved {by, what, at, seq}. */
export async function requireUnmoved(
  context: RunContext,
  reading: RunReading,
  ifSeq: number | undefined,
): Promise<void> {
  if (ifSeq === undefined) return;
  const first = await firstActAfter(context, reading, ifSeq);
  if (!first) return;
  const message = `run ${reading.run} has moved since seq ${ifSeq}: ${first.type} by ${String(first.data['by'])} at ${first.at}`;
  throw new BatonError('run_moved', message, { run: reading.run, ifSeq, ...factsOf(first) });
}

/** A refusal by the state that the run is in, with who brought it there, where somebody did. */
export function refusal(code: ErrorCode, { run, state, events }: RunReading, message: string): BatonError {
  const act = events.findLast(isAct);
  const how = act ? `; ${act.type} by ${String(act.data['by'])} at ${act.at}` : '';
  return new BatonError(code, `${message}${how}`, { run, runStatus: state.status, ...(act ? factsOf(act) : {}) });
}

async function firstActAfter(context: RunContext, reading: RunReading, seq: number): Promise<RunEvent | null> {
  let first: RunEvent | null = null;
  try {
    for await (const { projection, events } of backwards(context, reading)) {
      first = events.find((event) => event.seq > seq && isAct(event)) ?? first;
      if (projection.firstSeq <= seq + 1) break;
    }
  } catch (error) {
    // What is past retention was done long ago: the first act that can be read tells enough.
    if (!(error instanceof BatonError) || error.code !== 'step_expired') throw error;
  }
  return first;
}
