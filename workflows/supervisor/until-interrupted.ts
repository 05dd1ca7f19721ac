import { condition, sleep, workflowInfo, type CancellationScope } from '@temporalio/workflow';
import { graceMs } from '../../protocol/limits.ts';
import { graceOf } from './interruption.ts';
import type { Supervision } from './supervision.ts';

/** Thrown where the run is interrupted: what is under way ends, and the main loop sees why. */
export class Interrupted extends Error {}

/**
 * What an activity of the scope comes to; once the run is interrupted the scope is cancelled, and it throws
 * `Interrupted`, no later than the grace allows. `scheduledAt`: the history's length when it was scheduled.
 */
export async function untilInterrupted<T>(
  run: Supervision,
  working: Promise<T>,
  scope: CancellationScope,
  scheduledAt: number,
): Promise<T> {
  let isSettled = false;
  const settled = working.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  await condition(() => isSettled || run.interruption !== null);
  if (isSettled || run.interruption === null) return settled;
  // Cancelled in the task that schedules it, an activity is never scheduled, and what rides on it would be lost.
  if (workflowInfo().historyLength === scheduledAt) await sleep(1);
  scope.cancel();
  const grace = graceOf(run.interruption, run.blueprint.graceMs ?? graceMs);
  if (grace > 0) await condition(() => isSettled, grace);
  throw new Interrupted();
}
