import type { Feed } from '../engine.ts';

/** Opens a run's feed for the time of `use`. (Node 22 does not run `using` declarations.) */
export async function withFeed<T>(
  feeds: { open(run: string): Promise<Feed> },
  run: string,
  use: (feed: Feed) => T | Promise<T>,
): Promise<T> {
  const feed = await feeds.open(run);
  try {
    return await use(feed);
  } finally {
    feed[Symbol.dispose]();
  }
}
