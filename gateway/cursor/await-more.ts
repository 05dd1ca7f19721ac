import type { Feed } from '../engine.ts';

/** Resolves when the feed has something new, or when the signal fires; never rejects. */
export function awaitMore(feed: Feed, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) {
      resolve();
      return;
    }
    const done = () => {
      listening[Symbol.dispose]();
      until.removeEventListener('abort', done);
      resolve();
    };
    const listening = feed.listen({ more: done, live: () => undefined, gap: done });
    until.addEventListener('abort', done);
  });
}
