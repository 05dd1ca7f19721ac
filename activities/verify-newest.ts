/** The activity `verifyNewest`: replays the newest execution of each run on the code of this worker. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { verifierHeartbeatMs } from '../protocol/limits.ts';
import type { Verification } from '../protocol/schemas/verification.ts';

export type VerifyNewestActivity = (runs: readonly string[]) => Promise<Verification[]>;

export interface VerifyingNewest {
  /** In their order. A run that cannot be read is `unreadable`. Rejects with the signal's reason. */
  newest(runs: readonly string[], signal: AbortSignal): Promise<Verification[]>;
}

export function verifyNewestActivity(verifying: VerifyingNewest): VerifyNewestActivity {
  return async function verifyNewest(runs) {
    const context = Context.current();
    const { cancellationSignal: signal } = context;
    const beating = setInterval(() => context.heartbeat(), verifierHeartbeatMs / 3);
    try {
      return await verifying.newest(runs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      // A worker that stops hands it over; where nobody waits any more, it ends with its workflow.
      throw ApplicationFailure.retryable('the worker stops', 'worker_stopped');
    } finally {
      clearInterval(beating);
    }
  };
}
