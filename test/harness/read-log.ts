import type { Engine } from '../../gateway/engine.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';

/** What a run's log holds now after a cursor, page by page; throws where anything is missing. */
export async function readLog(
  engine: Pick<Engine, 'feeds'>,
  run: string,
  after = 0,
  limit = 1_000,
): Promise<RunEvent[]> {
  const feed = await engine.feeds.open(run);
  const events: RunEvent[] = [];
  try {
    for (let cursor = after; cursor < feed.lastSeq;) {
      const { entries, gap } = await feed.read(cursor, limit);
      if (gap || entries.length === 0) throw new Error(`${run} has a hole after ${cursor}: ${JSON.stringify(gap)}`);
      for (const { event } of entries) events.push(event);
      cursor = entries.at(-1)?.event.seq ?? cursor;
    }
    return events;
  } finally {
    feed[Symbol.dispose]();
  }
}
