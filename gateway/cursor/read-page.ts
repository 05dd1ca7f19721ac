/** One page of a log for somebody who asks: bounded in events and bytes, and waited for where nothing is there yet. */
import { eventsPageBytes } from '../../protocol/limits.ts';
import type { Feed, LogEntry } from '../engine.ts';
import { awaitMore } from './await-more.ts';
import { awaitPosition } from './await-position.ts';

export interface ReadPage {
  entries: readonly LogEntry[];
  /** The cursor of the next page. */
  next: number;
  gap?: { from: number; to: number };
  /** The run is over and nothing comes after `next`. */
  ended: boolean;
}

/**
 * Takes the feed over and lets go of it. It waits at the end of a run that is over, too: the run may go on. An
 * aborted signal ends the wait with what is there. Errors: cursor_ahead.
 */
export async function readPage(
  feed: Feed,
  { after, limit, waitMs }: { after: number; limit: number; waitMs: number },
  signal: AbortSignal,
): Promise<ReadPage> {
  try {
    await awaitPosition(feed, after, signal);
    await awaitNews(feed, after, waitMs, signal);
    if (after >= feed.lastSeq) return { entries: [], next: after, ended: feed.ended };
    const { entries, gap } = feed.readNow(after, limit) ?? (await feed.read(after, limit));
    const whole = withinBytes(entries);
    const next = Math.max(whole.at(-1)?.event.seq ?? 0, gap?.to ?? 0, after);
    return { entries: whole, next, ...(gap ? { gap } : {}), ended: feed.ended && next >= feed.lastSeq };
  } finally {
    feed[Symbol.dispose]();
  }
}

async function awaitNews(feed: Feed, after: number, waitMs: number, signal: AbortSignal): Promise<void> {
  if (waitMs === 0 || after < feed.lastSeq) return;
  const until = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  while (after >= feed.lastSeq && !until.aborted) await awaitMore(feed, until);
}

/** At least one entry, so that the cursor always gets on. */
function withinBytes(entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += entry.json.length;
    return index > 0 && bytes > eventsPageBytes;
  });
  return end === -1 ? entries : entries.slice(0, end);
}
