/** Jobs as their runs' logs tell them. */
import { bulkSchema, type Job, type JobCounts, type JobResult } from '../../protocol/schemas/jobs.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { Guard } from '../auth/guard.ts';
import { runNotFound } from '../auth/refusals.ts';
import type { Feed, Page } from '../engine.ts';

export const jobBlueprint = 'baton-bulk';

/** Entries of a log that are looked through at once. */
const pageEntries = 1_000;

interface Told {
  first: number;
  results: JobResult[];
  counts: JobCounts;
}

/** Errors: run_not_found, also where the run is no job. */
export async function readJob(guard: Guard, id: string): Promise<Job> {
  return await withJob(guard, id, async (feed) => {
    let selected: Job['selected'] = null;
    let counts: JobCounts = { done: 0, refused: 0, failed: 0 };
    for await (const { kind, data } of jobEvents(feed)) {
      if (kind === 'bulk.selected') {
        const { count, byStatus } = data as NonNullable<Job['selected']>;
        selected = { count, byStatus };
        counts = { done: 0, refused: 0, failed: 0 };
      } else if (kind === 'bulk.results') counts = (data as Told).counts;
    }
    return jobOf(feed.view(), selected, counts);
  });
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
      const { first, results } = data as Told;
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

/** Newest first. */
export async function listJobs(guard: Guard, page: { cursor?: string; limit: number }): Promise<Page<Job>> {
  const { items, nextCursor } = await guard.list({ ...page, blueprint: jobBlueprint });
  return { items: await Promise.all(items.map(({ id }) => readJob(guard, id))), nextCursor };
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

async function* jobEvents(feed: Feed): AsyncGenerator<{ kind: unknown; data: unknown }> {
  for (let after = 0; ;) {
    const { entries } = await feed.read(after, pageEntries);
    for (const { event } of entries) {
      if (event.type === 'agent.emitted') yield { kind: event.data['kind'], data: event.data };
      after = event.seq;
    }
    if (entries.length === 0) return;
  }
}

function jobOf(view: RunView, selected: Job['selected'], counts: JobCounts): Job {
  const { id, status, owner, startedAt, endedAt, error, lastSeq, paused } = view;
  // Large edits are cut in the view: then the rest of the input is, too.
  const { action, filter, perSecond } = bulkSchema.safeParse(view.input).data ?? { action: '', perSecond: 0 };
  return {
    id,
    action,
    filter: { ...filter },
    perSecond,
    status,
    owner,
    startedAt,
    endedAt,
    paused: paused !== undefined,
    selected,
    counts,
    error,
    lastSeq,
  };
}
