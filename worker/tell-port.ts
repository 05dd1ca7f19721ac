/** Logs of runs for tellers, through the engine that is put together with the first of them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TellPort } from '../activities/tell.ts';
import type { Commands } from '../gateway/create-engine.ts';
import { BatonError } from '../protocol/errors.ts';
import { tellerLookMs, tellerPageEntries, webhookExpectMs } from '../protocol/limits.ts';
import type { RunEvent } from '../protocol/schemas/event.ts';
import { toldTypes, type TellTask } from '../protocol/telling.ts';

type Feed = Awaited<ReturnType<Commands['feeds']['open']>>;
type Task = Pick<TellTask, 'run' | 'after' | 'expected'>;
type Next = Awaited<ReturnType<TellPort['next']>>;

const told: ReadonlySet<string> = new Set(toldTypes);

export interface OpenTellPort extends TellPort {
  close(): Promise<void>;
}

export function tellPort(
  open: () => Promise<Pick<Commands, 'feeds' | 'close'>>,
  now: () => number = Date.now,
): OpenTellPort {
  let opening: ReturnType<typeof open> | null = null;
  const commands = () =>
    (opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    }));
  return {
    async next(task, signal) {
      const { feeds } = await commands();
      const giveUpAtMs = now() + webhookExpectMs;
      const isAwaited = () => now() < giveUpAtMs;
      const feed = await openWhenThere(feeds, task, { signal, isAwaited });
      if (feed === null) return { event: null, lastSeq: task.after };
      try {
        return await follow(feed, task, { signal, isAwaited });
      } finally {
        feed[Symbol.dispose]();
      }
    },
    close: async () => {
      const closing = opening;
      opening = null;
      await (await closing)?.close();
    },
  };
}

interface Patience {
  signal: AbortSignal;
  /** Whether an execution that was announced may still begin. */
  isAwaited: () => boolean;
}

/** The run is announced before it begins. null: it has not begun, or is past retention. */
async function openWhenThere(
  feeds: Pick<Commands['feeds'], 'open'>,
  { run, after }: Task,
  { signal, isAwaited }: Patience,
): Promise<Feed | null> {
  for (;;) {
    try {
      return await feeds.open(run);
    } catch (error) {
      if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
      if (after > 0 || !isAwaited()) return null;
    }
    await delay(tellerLookMs, undefined, { signal });
  }
}

async function follow(feed: Feed, { after, expected }: Task, { signal, isAwaited }: Patience): Promise<Next> {
  for (let cursor = after; ;) {
    // Listening begins before reading, so that nothing is missed in between.
    const news = listenOnce(feed, signal);
    try {
      const found = await readOn(feed, cursor);
      if (found.event) {
        const { blueprint, owner } = feed.view();
        return { event: found.event, blueprint, owner };
      }
      cursor = found.cursor;
      if (cursor < feed.lastSeq) continue;
      if (!feed.ended) await news.come;
      else if (feed.lastSeq >= expected || !isAwaited()) return { event: null, lastSeq: cursor };
      else {
        await delay(tellerLookMs, undefined, { signal });
        await feed.catchUp(signal);
      }
    } finally {
      news.leave();
    }
  }
}

/** What is past retention cannot be told of any more. */
async function readOn(feed: Feed, after: number): Promise<{ event?: RunEvent; cursor: number }> {
  for (let cursor = after; ;) {
    const { entries, gap } = await feed.read(cursor, tellerPageEntries);
    const found = entries.find(({ event }) => told.has(event.type));
    if (found) return { event: found.event, cursor };
    const next = Math.max(entries.at(-1)?.event.seq ?? 0, gap?.to ?? 0, cursor);
    if (next === cursor) return { cursor };
    cursor = next;
  }
}

/** `come` rejects with the signal's reason. */
function listenOnce(feed: Feed, signal: AbortSignal): { come: Promise<void>; leave: () => void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abandon = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  const listening = feed.listen({ more: () => resolve(), live: () => undefined, gap: () => resolve() });
  signal.addEventListener('abort', abandon);
  if (signal.aborted) abandon();
  // Nobody may wait for it.
  promise.catch(() => undefined);
  return {
    come: promise,
    leave: () => {
      listening[Symbol.dispose]();
      signal.removeEventListener('abort', abandon);
    },
  };
}
