/** What the server holds of a run's open steps now: the attempt, when the next one comes, the last sign of life. */
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { readHeartbeat } from '../../protocol/heartbeat.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { PendingStep } from '../../protocol/schemas/timeline.ts';
import type { Described } from '../history/history-service.ts';
import { buildOf, failureOf, isoOf, type ActivityCall } from './activity-facts.ts';
import { shortText, type OpenCall } from './step-record.ts';

type Held = Described['pendingActivities'][number];

const { PendingActivityState: S } = proto.temporal.api.enums.v1;
const states: Readonly<Record<number, PendingStep['state']>> = {
  [S.PENDING_ACTIVITY_STATE_STARTED]: 'at_work',
  [S.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED]: 'cancelling',
  [S.PENDING_ACTIVITY_STATE_PAUSED]: 'paused',
  [S.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED]: 'pausing',
};

export async function pendingSteps(
  held: readonly Held[],
  calls: readonly ActivityCall[],
  decode: (payload: Payload) => unknown,
): Promise<PendingStep[]> {
  const steps: PendingStep[] = [];
  for (const each of held) {
    const call = calls.find(({ activityId }) => activityId === each.activityId);
    // A decision of a model is an activity, too, and no step.
    if (call) steps.push(await pendingStep(each, call, decode));
  }
  return steps;
}

/** What the attempts of the step are told by. */
export function openCallOf({ step, attempt, state, startedAt, worker, lastFailure }: PendingStep): OpenCall {
  const isAtWork = state === 'at_work' || state === 'cancelling' || state === 'pausing';
  return { step, attempt, isAtWork, startedAt, worker, lastFailure };
}

async function pendingStep(
  held: Held,
  { step, attemptBase }: ActivityCall,
  decode: (payload: Payload) => unknown,
): Promise<PendingStep> {
  const attempt = held.attempt ?? 1;
  const isPaused = held.paused === true;
  const state = states[held.state ?? 0] ?? (isPaused ? 'paused' : attempt > 1 ? 'backoff' : 'queued');
  const failure = await failureOf(held.lastFailure, decode);
  const nextAt = isoOf(held.nextAttemptScheduleTime);
  return {
    step,
    agent: step.slice(0, step.lastIndexOf('#')),
    state,
    attempt: attemptBase + attempt,
    scheduledAt: isoOf(held.scheduledTime),
    startedAt: isoOf(held.lastStartedTime),
    nextAttemptAt: state === 'backoff' ? nextAt : null,
    lastHeartbeatAt: isoOf(held.lastHeartbeatTime),
    heartbeat: await heartbeatOf(held, decode),
    lastFailure: failure && { code: failure.code, message: shortText(failure.message) ?? '' },
    worker: held.lastWorkerIdentity || null,
    build: buildOf(held.lastDeploymentVersion, held.lastWorkerVersionStamp),
  };
}

async function heartbeatOf(
  { heartbeatDetails }: Held,
  decode: (payload: Payload) => unknown,
): Promise<PendingStep['heartbeat']> {
  const payload = heartbeatDetails?.payloads?.[0];
  if (!payload) return null;
  const details = readHeartbeat(await readable(payload, decode));
  if (!details) return null;
  const { at, fraction, message, failures, usage } = details;
  return { at, fraction, message: shortText(message) ?? '', failures, ...(usage ? { usage } : {}) };
}

/** One that cannot be read says nothing; one whose key is missing says so. */
async function readable(payload: Payload, decode: (payload: Payload) => unknown): Promise<unknown> {
  try {
    return await decode(payload);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'key_missing') throw error;
    return null;
  }
}
