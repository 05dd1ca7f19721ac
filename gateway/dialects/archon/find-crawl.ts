/** From a client's id to the run that it means, now or once it has begun. */
import { reservedIdPattern } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { DialectRuns } from '../dialect-runs.ts';

export const crawlBlueprint = 'crawl';

export const crawlRuns = new DialectRuns('archon', [crawlBlueprint]);

/** null where there is none, or it is somebody else's. Errors: temporal_down. */
export function findCrawl(guard: Guard, progressId: string): Promise<string | null> {
  return crawlRuns.findOrNull(guard, progressId);
}

/**
 * Resolves when a crawl of this id has begun, through this dialect or natively. Never where the client has gone: then
 * `abandon` is called. Sockets that wait are many, so one controller is all that each has.
 */
export class AwaitedCrawl {
  private readonly guard: Guard;
  private readonly progressId: string;
  private waiting: AbortController | null = null;
  private isAbandoned = false;

  constructor(guard: Guard, progressId: string) {
    this.guard = guard;
    this.progressId = progressId;
  }

  /** Null where there will be none for this client, and when it was abandoned. Errors: temporal_down. */
  async run(): Promise<string | null> {
    const candidates = new Set([crawlRuns.idOf(this.progressId)]);
    if (!reservedIdPattern.test(this.progressId)) candidates.add(this.progressId);
    while (candidates.size > 0 && !this.isAbandoned) {
      const begun = await this.firstOf(candidates);
      if (begun === null) return null;
      const run = await findCrawl(this.guard, this.progressId);
      if (run !== null) return run;
      // It is no crawl, or somebody else's: it never becomes this client's.
      candidates.delete(begun);
    }
    return null;
  }

  abandon(): void {
    this.isAbandoned = true;
    this.waiting?.abort();
  }

  private async firstOf(runs: Iterable<string>): Promise<string | null> {
    const waiting = new AbortController();
    this.waiting = waiting;
    try {
      return await Promise.race(Array.from(runs, (run) => this.guard.waitFor(run, waiting.signal).then(() => run)));
    } catch (error) {
      if (this.isAbandoned) return null;
      throw error;
    } finally {
      waiting.abort();
    }
  }
}
