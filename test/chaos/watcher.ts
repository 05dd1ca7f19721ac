/** A client that watches a run to its end over whatever breaks, and notes when each event came. */
import { BatonClient, type RunEvent } from '../../client/index.ts';

export interface Watched {
  events: RunEvent[];
  /** Epoch milliseconds, by place. */
  arrivedAtMs: number[];
  gaps: unknown[];
}

export async function watchToEnd(url: string, run: string, signal: AbortSignal): Promise<Watched> {
  const client = new BatonClient({ url });
  const watched: Watched = { events: [], arrivedAtMs: [], gaps: [] };
  try {
    for await (const item of client.watch(run, { signal, live: false })) {
      if (item.kind === 'gap') watched.gaps.push(item);
      if (item.kind !== 'event') continue;
      watched.events.push(item.event);
      watched.arrivedAtMs.push(Date.now());
    }
    return watched;
  } finally {
    client.close();
  }
}
