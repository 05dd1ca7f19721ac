/** The activity `tell`: waits for the next event of a run that a webhook is told of, and posts it. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { webhookHeartbeatMs } from '../protocol/limits.ts';
import type { RunEvent } from '../protocol/schemas/event.ts';
import type { Told, TellTask } from '../protocol/telling.ts';
import type { Log } from '../runtime/log.ts';
import type { Webhooks } from '../runtime/webhooks/webhook.ts';
import { webhookMessage } from './webhook-message.ts';

export type TellActivity = (task: TellTask) => Promise<Told>;

/** The log of runs, as a teller reads it. */
export interface TellPort {
  /**
   * The next event after `after` that is told of; null with the last seq where the run has ended, or was never begun.
   * Waits until there is the one or the other. Rejects with the signal's reason.
   */
  next(
    task: Pick<TellTask, 'run' | 'after' | 'expected'>,
    signal: AbortSignal,
  ): Promise<{ event: RunEvent; blueprint: string; owner: string | null } | { event: null; lastSeq: number }>;
}

export interface Telling {
  port: TellPort;
  webhooks: Webhooks;
  /** Where people reach the gateway. */
  publicUrl: string;
  log: Log;
}

export function tellActivity({ port, webhooks, publicUrl, log }: Telling): TellActivity {
  return async function tell(task) {
    const context = Context.current();
    const { cancellationSignal: signal } = context;
    const { run } = task;
    const beating = setInterval(() => context.heartbeat(), webhookHeartbeatMs / 3);
    try {
      const next = await port.next(task, signal);
      if (next.event === null) return { kind: 'over', after: next.lastSeq };
      const { seq } = next.event;
      const fault = await webhooks.post(task, webhookMessage({ run, ...next }, publicUrl), signal);
      if (fault === null) return { kind: 'told', after: seq };
      log.warn({ run, seq, to: task.to, fault }, 'a webhook did not take an event, it is posted again');
      return { kind: 'failed', seq, message: fault };
    } catch (error) {
      if (!signal.aborted) throw error;
      // A worker that stops hands it over; nobody else cancels it.
      throw ApplicationFailure.retryable('the worker stops', 'worker_stopped');
    } finally {
      clearInterval(beating);
    }
  };
}
