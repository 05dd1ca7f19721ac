/** A job as the whole log of its run tells it. */
import { bulkSchema, type Job, type JobCounts, type JobResult } from '../../protocol/schemas/jobs.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { Feed } from '../engine.ts';

/** Entries of a log that are looked through at once. */
const pageEntries = 1_000;

export const noCounts: JobCounts = { done: 0, refused: 0, failed: 0 };

/** Data of `bulk.results`. */
export interface ToldResults {
  first: number;
  results: JobResult[];
  counts: JobCounts;
}

export async function foldJob(feed: Feed): Promise<Job> {
  let selected: Job['selected'] = null;
  let counts = noCounts;
  for await (const { kind, data } of jobEvents(feed)) {
    if (kind === 'bulk.selected') {
      selected = selectedOf(data);
      counts = noCounts;
    } else if (kind === 'bulk.results') counts = (data as ToldResults).counts;
  }
  return jobOf(feed.view(), selected, counts);
}

/** What the agents of the job have written, in the order of the log. */
export async function* jobEvents(feed: Feed): AsyncGenerator<{ kind: unknown; data: unknown }> {
  for (let after = 0; ;) {
    const { entries } = await feed.read(after, pageEntries);
    for (const { event } of entries) {
      if (event.type === 'agent.emitted') yield { kind: event.data['kind'], data: event.data };
      after = event.seq;
    }
    if (entries.length === 0) return;
  }
}

export function selectedOf(data: unknown): NonNullable<Job['selected']> {
  const { count, byStatus } = data as NonNullable<Job['selected']>;
  return { count, byStatus };
}

/** Of the job's input. Large edits are cut where it is shown: then the rest is, too. */
export function orderOf(input: unknown): Pick<Job, 'action' | 'filter' | 'perSecond'> {
  const { action, filter, perSecond } = bulkSchema.safeParse(input).data ?? { action: '', perSecond: 0 };
  return { action, filter: { ...filter }, perSecond };
}

function jobOf(view: RunView, selected: Job['selected'], counts: JobCounts): Job {
  const { id, status, owner, startedAt, endedAt, error, lastSeq, paused } = view;
  const isPaused = paused !== undefined;
  const { action, filter, perSecond } = orderOf(view.input);
  return {
    id,
    action,
    filter,
    perSecond,
    status,
    owner,
    startedAt,
    endedAt,
    paused: isPaused,
    selected,
    counts,
    error,
    lastSeq,
  };
}
