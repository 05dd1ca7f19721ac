/** From a client's id to the run that it means. */
import type { Guard } from '../../auth/guard.ts';
import { DialectRuns } from '../dialect-runs.ts';

export const crawlBlueprint = 'crawl';

export const crawlRuns = new DialectRuns('archon', [crawlBlueprint]);

/** null where there is none, or it is somebody else's. Errors: temporal_down. */
export function findCrawl(guard: Guard, progressId: string): Promise<string | null> {
  return crawlRuns.findOrNull(guard, progressId);
}
