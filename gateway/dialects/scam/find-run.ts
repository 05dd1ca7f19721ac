/** From a task's id to its run. */
import type { Guard } from '../../auth/guard.ts';
import { DialectRuns } from '../dialect-runs.ts';

export const runs = new DialectRuns('scam', ['scam-analysis', 'relay']);

/** null where there is none yet. */
export function findRun(guard: Guard, task: string): Promise<string | null> {
  return runs.findOrNull(guard, task);
}
