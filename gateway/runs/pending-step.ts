/** The open steps whose activity the server holds. */
import proto from '@temporalio/proto';
import type { Described } from '../history/history-service.ts';
import { refusal } from './acts.ts';
import type { AgentCall } from './agent-calls-of.ts';
import { readRun, type RunReading } from './read-run.ts';
import type { RunContext } from './run-context.ts';
import { stepUnknown } from './standing-point.ts';

const { PendingActivityState } = proto.temporal.api.enums.v1;

export interface PendingCall extends AgentCall {
  /** No attempt is at work: the next one is to come. */
  isWaiting: boolean;
  isPaused: boolean;
}

/** Errors: run_not_found, run_ended. */
export async function readOpen(context: RunContext, run: string): Promise<RunReading> {
  const reading = await readRun(context, run);
  if (reading.isOpen) return reading;
  throw refusal('run_ended', reading, `run ${run} is ${reading.state.status}`);
}

/**
 * The activity of the step. Without a step: the only one that waits for its next attempt, or is the only one.
 * Errors: step_unknown {steps}.
 */
export async function chosenCall(reading: RunReading, step: string | undefined): Promise<PendingCall> {
  const pending = await pendingCalls(reading);
  const waiting = pending.filter(({ isWaiting }) => isWaiting);
  const candidates =
    step === undefined ? (waiting.length > 0 ? waiting : pending) : pending.filter((call) => call.step === step);
  const [call] = candidates;
  if (call && candidates.length === 1) return call;
  throw stepUnknown(
    reading.run,
    step ?? (candidates.length > 1 ? 'that alone is meant' : 'at work'),
    pending.map((known) => known.step),
  );
}

async function pendingCalls(reading: RunReading): Promise<PendingCall[]> {
  const calls = await reading.calls(reading.pendingActivities);
  return calls.flatMap((call) => {
    const held = reading.pendingActivities.find(({ activityId }) => activityId === call.activityId);
    return call.isPending && held ? [{ ...call, ...stateOf(held) }] : [];
  });
}

function stateOf({
  state,
  attempt,
  paused,
}: Described['pendingActivities'][number]): Pick<PendingCall, 'isWaiting' | 'isPaused'> {
  const isIdle =
    state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED ||
    state === PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED;
  return { isWaiting: isIdle && ((attempt ?? 1) > 1 || paused === true), isPaused: paused === true };
}
