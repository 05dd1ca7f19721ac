/** Which calls of agents a history holds, and how often each was begun. */
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Described, HistoryEvent } from '../history/history-service.ts';
import { ScheduledActivity } from '../history/scheduled-activity.ts';

/** One activity of a step; a step that asks or delegates has several. */
export interface AgentCall {
  activityId: string;
  step: string;
  agent: string;
  /** Of the log, when it was scheduled. */
  seq: number;
  startedAttempts: number;
  /** The server holds it. */
  isPending: boolean;
}

interface Scheduled {
  activity: ScheduledActivity;
  seq: number;
  startedAttempts: number;
  isClosed: boolean;
}

const { PendingActivityState } = proto.temporal.api.enums.v1;
const atWork: ReadonlySet<unknown> = new Set([
  PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
  PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
  PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED,
]);

/** Takes the entries of one execution as they are read. */
export class CallCollector {
  private readonly scheduled = new Map<string, Scheduled>();

  take(entry: HistoryEvent, seq: number): void {
    const made = entry.activityTaskScheduledEventAttributes;
    if (made) {
      const activity = new ScheduledActivity(made, entry);
      this.scheduled.set(String(entry.eventId), { activity, seq, startedAttempts: 0, isClosed: false });
    }
    const started = entry.activityTaskStartedEventAttributes;
    if (started) this.note(started.scheduledEventId, (call) => (call.startedAttempts = started.attempt ?? 1));
    const closed =
      entry.activityTaskCompletedEventAttributes ??
      entry.activityTaskFailedEventAttributes ??
      entry.activityTaskTimedOutEventAttributes ??
      entry.activityTaskCanceledEventAttributes;
    if (closed) this.note(closed.scheduledEventId, (call) => (call.isClosed = true));
  }

  /** `pending` of the execution while it is open. */
  async calls(
    decode: (payload: Payload) => unknown,
    pending: Described['pendingActivities'] | null,
  ): Promise<AgentCall[]> {
    const calls: AgentCall[] = [];
    for (const { activity, seq, startedAttempts, isClosed } of this.scheduled.values()) {
      const call = await activity.step(decode);
      if (call === null) continue;
      const { activityId } = activity;
      const held = pending?.find((known) => known.activityId === activityId);
      calls.push({
        activityId,
        step: call.step,
        agent: call.agent,
        seq,
        isPending: held !== undefined,
        startedAttempts: isClosed ? startedAttempts : held ? begunAttempts(held) : abandonedAttempts,
      });
    }
    return calls;
  }

  private note(scheduledEventId: { toString(): string } | null | undefined, change: (call: Scheduled) => void): void {
    const call = this.scheduled.get(String(scheduledEventId));
    if (call) change(call);
  }
}

/** A history does not tell of an attempt before the activity has closed; one that was left open counts as begun. */
const abandonedAttempts = 1;

function begunAttempts({ attempt, state }: Described['pendingActivities'][number]): number {
  return (attempt ?? 1) - (atWork.has(state) ? 0 : 1);
}
