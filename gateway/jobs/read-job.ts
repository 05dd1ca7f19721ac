/** Jobs as their runs' logs tell them. */
import type { Job, JobResult } from '../../protocol/schemas/jobs.ts';
import type { Guard } from '../auth/guard.ts';
import { runNotFound } from '../auth/refusals.ts';
import type { Feed, Page } from '../engine.ts';
import { foldJob, jobEvents, type ToldResults } from './fold-job.ts';
import { jobBlueprint } from './job-blueprint.ts';

/** Errors: run_not_found, also where the run is no job. */
export async function readJob(guard: Guard, id: string): Promise<Job> {
  return await withJob(guard, id, foldJob);
}

/** In the order in which they were acted on. A result that was told twice, by an attempt that was killed, is given once. */
export async function readJobResults(
  guard: Guard,
  id: string,
  { cursor = '0', outcome, limit }: { cursor?: string; outcome?: JobResult['outcome']; limit: number },
): Promise<Page<JobResult>> {
  return await withJob(guard, id, async (feed) => {
    let told: JobResult[] = [];
    for await (const { kind, data } of jobEvents(feed)) {
      if (kind === 'bulk.selected') told = [];
      if (kind !== 'bulk.results') continue;
      const { first, results } = data as ToldResults;
      if (first <= told.length) told.push(...results.slice(told.length - first));
    }
    const items: JobResult[] = [];
    let place = Number(cursor);
    for (; place < told.length && items.length < limit; place++) {
      const result = told[place];
      if (result && (outcome === undefined || result.outcome === outcome)) items.push(result);
    }
    return { items, nextCursor: place < told.length ? String(place) : null };
  });
}

async function withJob<T>(guard: Guard, id: string, use: (feed: Feed) => Promise<T>): Promise<T> {
  if ((await guard.blueprintOf(id)) !== jobBlueprint) throw runNotFound(id);
  const feed = await guard.open(id);
  try {
    return await use(feed);
  } finally {
    feed[Symbol.dispose]();
  }
}
