/** Who waits for a run of a name, told when one may have begun: one ear for all, however many wait. */
import type { Feeds } from '../../engine.ts';

export class BegunRuns {
  private readonly feeds: Pick<Feeds, 'onBegun'>;
  private readonly waiting = new Map<string, Set<() => void>>();
  private ear: Disposable | null = null;

  constructor(feeds: Pick<Feeds, 'onBegun'>) {
    this.feeds = feeds;
  }

  /** Calls back, perhaps several times, once a run of one of the names has begun, whoever's it is. */
  when(names: readonly string[], begun: () => void): Disposable {
    this.ear ??= this.feeds.onBegun((run) => {
      for (const wake of this.waiting.get(run) ?? []) wake();
    });
    for (const name of names) this.waiting.set(name, (this.waiting.get(name) ?? new Set()).add(begun));
    return { [Symbol.dispose]: () => this.forget(names, begun) };
  }

  private forget(names: readonly string[], begun: () => void): void {
    for (const name of names) {
      const waiters = this.waiting.get(name);
      waiters?.delete(begun);
      if (waiters?.size === 0) this.waiting.delete(name);
    }
    if (this.waiting.size > 0) return;
    this.ear?.[Symbol.dispose]();
    this.ear = null;
  }
}
