import type { RunEvent } from '../../protocol/schemas/event.ts';
import { awaitMore } from '../cursor/await-more.ts';
import type { Feed } from '../engine.ts';
import type { FeedRegistry } from '../feed/feed-registry.ts';
import { withFeed } from '../feed/with-feed.ts';

/** How many entries are looked through at once. */
const pageEntries = 500;

/** Waits until the log has an event after the cursor that fits; null when the time is up. */
export async function untilEvent(
  { feeds }: { feeds: FeedRegistry },
  run: string,
  after: number,
  fits: (event: RunEvent) => boolean,
  timeoutMs = 10_000,
): Promise<RunEvent | null> {
  const deadline = AbortSignal.timeout(timeoutMs);
  return withFeed(feeds, run, (feed) => look(feed, after, fits, deadline));
}

async function look(
  feed: Feed,
  after: number,
  fits: (event: RunEvent) => boolean,
  deadline: AbortSignal,
): Promise<RunEvent | null> {
  let cursor = after;
  for (;;) {
    // Listening begins before reading, so that nothing is missed in between.
    const more = awaitMore(feed, deadline);
    for (
      let page = await feed.read(cursor, pageEntries);
      page.entries.length > 0;
      page = await feed.read(cursor, pageEntries)
    ) {
      for (const { event } of page.entries) if (fits(event)) return event;
      cursor = page.entries.at(-1)?.event.seq ?? cursor;
    }
    await more;
    if (deadline.aborted) return null;
  }
}
