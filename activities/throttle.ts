import type { Clock } from './clock.ts';

/** Acts at once on the first request, then at most once in each interval; the last request is always acted on. */
export class Throttle implements Disposable {
  private readonly intervalMs: number;
  private readonly clock: Clock;
  private readonly act: () => void;
  private freeAt = 0;
  private waiting: Disposable | null = null;

  constructor(intervalMs: number, clock: Clock, act: () => void) {
    this.intervalMs = intervalMs;
    this.clock = clock;
    this.act = act;
  }

  request(): void {
    if (this.waiting) return;
    const waitMs = this.freeAt - this.clock.now();
    if (waitMs <= 0) this.run();
    else this.waiting = this.clock.after(waitMs, () => this.run());
  }

  /** Acts now on a request that waits. */
  flush(): void {
    if (this.waiting) this.run();
  }

  [Symbol.dispose](): void {
    this.waiting?.[Symbol.dispose]();
    this.waiting = null;
  }

  private run(): void {
    this[Symbol.dispose]();
    this.freeAt = this.clock.now() + this.intervalMs;
    this.act();
  }
}
