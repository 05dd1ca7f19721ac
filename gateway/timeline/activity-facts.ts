/** What a history tells beside the log: when activities were scheduled and begun, by whom, and what a stuck run stumbles over. */
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { HistoryEvent } from '../history/history-service.ts';
import { messageOf } from '../history/recorded.ts';
import { ScheduledActivity } from '../history/scheduled-activity.ts';
import { millis } from '../runs/visibility.ts';
import type { CallFacts, CallFailure } from './step-record.ts';

type Failure = temporal.api.failure.v1.IFailure;
type Decode = (payload: Payload) => unknown;

export interface ActivityCall extends CallFacts {
  activityId: string;
}

interface Scheduled {
  activity: ScheduledActivity;
  seq: number;
  scheduledAt: string;
  started: { attempt: number; at: string; worker: string | null; lastFailure: Failure | null } | null;
  closed: CallFacts['closed'];
}

export interface Worker {
  identity: string;
  build: string | null;
}

/** Takes the entries of one execution as they are read. */
export class ActivityFacts {
  worker: Worker | null = null;
  firstAt: string | null = null;
  lastAt: string | null = null;
  private taskFailure: Failure | null = null;
  private readonly scheduled = new Map<string, Scheduled>();

  /** `seq`: of the event after it. */
  take(entry: HistoryEvent, seq: number): void {
    const at = isoOf(entry.eventTime) ?? '';
    this.firstAt ??= at;
    this.lastAt = at;
    this.takeTask(entry);
    const made = entry.activityTaskScheduledEventAttributes;
    if (made) {
      this.scheduled.set(String(entry.eventId), {
        activity: new ScheduledActivity(made, entry),
        seq,
        scheduledAt: at,
        started: null,
        closed: null,
      });
    }
    const started = entry.activityTaskStartedEventAttributes;
    if (started) {
      const { attempt, identity, lastFailure } = started;
      this.note(started.scheduledEventId, (call) => {
        call.started = { attempt: attempt ?? 1, at, worker: identity || null, lastFailure: lastFailure ?? null };
      });
    }
    const close = (
      attributes: { scheduledEventId?: unknown } | null | undefined,
      outcome: 'completed' | 'failed' | 'timed_out' | 'cancelled',
    ) => {
      if (attributes) this.note(attributes.scheduledEventId, (call) => (call.closed = { at, outcome }));
    };
    close(entry.activityTaskCompletedEventAttributes, 'completed');
    close(entry.activityTaskFailedEventAttributes, 'failed');
    close(entry.activityTaskTimedOutEventAttributes, 'timed_out');
    close(entry.activityTaskCanceledEventAttributes, 'cancelled');
  }

  /** Those of agents, in the order of the history. */
  async calls(decode: Decode): Promise<ActivityCall[]> {
    const calls: ActivityCall[] = [];
    for (const { activity, seq, scheduledAt, started, closed } of this.scheduled.values()) {
      const call = await activity.step(decode);
      if (call === null) continue;
      calls.push({
        step: call.step,
        attemptBase: call.attemptBase,
        activityId: activity.activityId,
        seq,
        scheduledAt,
        closed,
        started: started && { ...started, lastFailure: await failureOf(started.lastFailure, decode) },
      });
    }
    return calls;
  }

  /** Why the code of the blueprint failed last; null where it works. */
  async stuckOver(decode: Decode): Promise<string | null> {
    return this.taskFailure === null ? null : await messageOf(this.taskFailure, { decode });
  }

  private takeTask({
    workflowTaskCompletedEventAttributes: done,
    workflowTaskFailedEventAttributes: failed,
  }: HistoryEvent) {
    if (done) {
      this.taskFailure = null;
      this.worker = { identity: done.identity ?? '', build: buildOf(done.deploymentVersion, done.workerVersion) };
    }
    if (failed?.failure) this.taskFailure = failed.failure;
  }

  private note(scheduledEventId: unknown, change: (call: Scheduled) => void): void {
    const call = this.scheduled.get(String(scheduledEventId));
    if (call) change(call);
  }
}

/** null for what the SDK makes up where none was given. */
export function buildOf(...versions: ({ buildId?: string | null } | null | undefined)[]): string | null {
  const build = versions.map((version) => version?.buildId).find((id) => id != null && id !== '');
  return build === undefined || build === null || build.startsWith('@temporalio/') ? null : build;
}

/** Code and message, in the words of the log; null for none. */
export async function failureOf(failure: Failure | null | undefined, decode: Decode): Promise<CallFailure | null> {
  if (!failure) return null;
  const message = await messageOf(failure, { decode });
  if (failure.timeoutFailureInfo) return { code: 'agent_timeout', message };
  return { code: failure.applicationFailureInfo?.type || 'internal', message };
}

/** null for a time that is not set. */
export function isoOf(time: Parameters<typeof millis>[0]): string | null {
  const ms = millis(time);
  return ms === 0 ? null : new Date(ms).toISOString();
}
