/** From a client's id to the run that it means, now or once it has begun. */
import { BatonError } from '../../../protocol/errors.ts';
import { reservedIdPattern } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { DialectRuns } from '../dialect-runs.ts';

export const crawlBlueprint = 'crawl';

export const crawlRuns = new DialectRuns('archon', [crawlBlueprint]);

/** null where there is none, or it is somebody else's. Errors: temporal_down. */
export async function findCrawl(guard: Guard, progressId: string): Promise<string | null> {
  try {
    return await crawlRuns.find(guard, progressId);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'run_not_found') return null;
    throw error;
  }
}

/** Resolves when a crawl of this id has begun, through this dialect or natively. Rejects with the signal's reason. */
export async function awaitCrawl(guard: Guard, progressId: string, signal: AbortSignal): Promise<string> {
  const candidates = new Set([crawlRuns.idOf(progressId)]);
  if (!reservedIdPattern.test(progressId)) candidates.add(progressId);
  while (candidates.size > 0) {
    const begun = await firstOf(guard, candidates, signal);
    const run = await findCrawl(guard, progressId);
    if (run !== null) return run;
    // It is no crawl, or somebody else's: it never becomes this client's.
    candidates.delete(begun);
  }
  return await new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function firstOf(guard: Guard, runs: Iterable<string>, signal: AbortSignal): Promise<string> {
  const settled = new AbortController();
  const until = AbortSignal.any([signal, settled.signal]);
  const begun = async (run: string) => {
    await guard.waitFor(run, until);
    return run;
  };
  try {
    return await Promise.race(Array.from(runs, begun));
  } finally {
    settled.abort();
  }
}
