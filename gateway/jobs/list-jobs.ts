/** Jobs, newest first. What has ended does not change: it is looked at once. */
import { LRUCache } from 'lru-cache';
import { jobGlancesKept } from '../../protocol/limits.ts';
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { Job } from '../../protocol/schemas/jobs.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import type { Page, Runs } from '../engine.ts';
import { withFeed } from '../feed/with-feed.ts';
import { isGone } from '../history/history-service.ts';
import { listExecutionsOfRuns, summaryOf } from '../runs/list-runs.ts';
import type { RunContext } from '../runs/run-context.ts';
import { foldJob } from './fold-job.ts';
import { glanceAtJob, type Glance } from './glance-at-job.ts';
import { jobBlueprint } from './job-blueprint.ts';

export function jobLists(context: RunContext): Runs['jobs'] {
  const ended = new LRUCache<string, Glance>({ max: jobGlancesKept });

  const jobOf = async (summary: RunSummary, runId: string): Promise<Job[]> => {
    const { id, status, owner, startedAt, endedAt, lastSeq } = summary;
    try {
      const glance = ended.get(runId) ?? (await glanceAtJob(context, id, runId));
      if (glance === null) return [await withFeed(context.feeds, id, foldJob)];
      if (endedStatuses.has(status)) ended.set(runId, glance);
      return [{ ...glance, id, status, owner, startedAt, endedAt, lastSeq }];
    } catch (error) {
      // Deleted since it was listed.
      if (isGone(error)) return [];
      throw error;
    }
  };

  return async (query): Promise<Page<Job>> => {
    const { infos, nextCursor } = await listExecutionsOfRuns(context, { ...query, blueprint: jobBlueprint });
    const jobs = await Promise.all(
      infos.map(async (info) => jobOf(await summaryOf(context, info), info.execution?.runId ?? '')),
    );
    return { items: jobs.flat(), nextCursor };
  };
}
