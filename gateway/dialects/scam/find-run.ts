/** From a task's id to its run, now or once it has begun. */
import { BatonError } from '../../../protocol/errors.ts';
import { reservedIdPattern } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { DialectRuns, orNull } from '../dialect-runs.ts';

const blueprints = ['scam-analysis', 'relay'];

export const runs = new DialectRuns('scam', blueprints);

/** null where there is none yet. */
export function findRun(guard: Guard, task: string): Promise<string | null> {
  return runs.findOrNull(guard, task);
}

/**
 * Resolves with the task's run when it begins from now on: look after that whether it is there already. Never where the
 * runs of its ids are somebody else's. Rejects with the signal's reason.
 */
export async function awaitRun(guard: Guard, task: string, signal: AbortSignal): Promise<string> {
  const ids = reservedIdPattern.test(task) ? [runs.idOf(task)] : [runs.idOf(task), task];
  return await Promise.race(ids.map((id) => begun(guard, id, signal)));
}

async function begun(guard: Guard, id: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    await guard.waitFor(id, signal, { isLookedUp: true });
    // Told again soon, where Temporal went away in between.
    const isIt = await isOurs(guard, id).catch((error: unknown) => {
      if (error instanceof BatonError && error.code === 'temporal_down') return false;
      throw error;
    });
    if (isIt) return id;
  }
}

async function isOurs(guard: Guard, id: string): Promise<boolean> {
  const blueprint = await orNull(() => guard.blueprintOf(id));
  return blueprint !== null && (id.startsWith('scam:') || blueprints.includes(blueprint));
}
