/** A job is a run of `baton-bulk`. While one is open, the same request is the same job. */
import { BatonError } from '../../protocol/errors.ts';
import { filterNeeded, meansAll, type Bulk, type Job } from '../../protocol/schemas/jobs.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import type { Guard } from '../auth/guard.ts';
import { hashOf } from '../runs/run-context.ts';
import { jobBlueprint } from './job-blueprint.ts';
import { readJob } from './read-job.ts';

const hashCharacters = 16;

/** Errors: filter_needed, forbidden, invalid_input. */
export async function startJob(guard: Guard, bulk: Bulk): Promise<{ job: Job; created: boolean }> {
  requireFilter(bulk);
  const { name, authenticated } = guard.by;
  const base = `bulk-${bulk.action}-${hashOf([bulk, authenticated ? name : null]).slice(0, hashCharacters)}`;
  for (let number = await nextNumber(guard, base); ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    const { run, created } = await guard.start({ blueprint: jobBlueprint, input: bulk, id });
    // One that ended just now: lists did not have it yet.
    if (created || !endedStatuses.has(run.status)) return { job: await readJob(guard, id), created };
  }
}

/** Errors: filter_needed. */
export function requireFilter(bulk: Bulk): void {
  if (bulk.all === true || !meansAll(bulk)) return;
  throw new BatonError('filter_needed', filterNeeded, { field: 'filter' });
}

/** Of the newest one that lists have, if it is open; else the one after it. */
async function nextNumber(guard: Guard, base: string): Promise<number> {
  const { items } = await guard.list({ blueprint: jobBlueprint, idPrefix: base, limit: 1 });
  const [newest] = items;
  if (!newest) return 1;
  const number = Number(newest.id.slice(base.length + 1) || '1');
  return endedStatuses.has(newest.status) ? number + 1 : number;
}
