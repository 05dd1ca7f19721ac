/** A clock that stands still until a test moves it. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../activities/clock.ts';

export class ManualClock implements Clock {
  private ms = Date.parse('2026-01-01T00:00:00.000Z');
  private timers: { dueMs: number; run: () => void }[] = [];

  now(): number {
    return this.ms;
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer = { dueMs: this.ms + delayMs, run };
    this.timers.push(timer);
    return {
      [Symbol.dispose]: () => {
        this.timers = this.timers.filter((other) => other !== timer);
      },
    };
  }

  /** Runs what falls due, in order, and lets promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.ms + byMs;
    await this.settle();
    for (;;) {
      const next = this.timers.filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.ms = Math.max(this.ms, next.dueMs);
      next.run();
      await this.settle();
    }
    this.ms = untilMs;
  }

  /** Lets all promises settle that wait for nothing but each other. */
  async settle(): Promise<void> {
    await setImmediate();
  }
}
