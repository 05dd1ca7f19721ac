import type { Clock } from './clock.ts';

/**
 * Acts at once on the first requests, as many as `burst`, then at most once in each interval; what was not used of the
 * burst comes back with time. The last request is always acted on.
 */
export class Throttle implements Disposable {
  private readonly intervalMs: number;
  private readonly leewayMs: number;
  private readonly clock: Clock;
  private readonly act: () => void;
  /** When the burst will be whole again. */
  private restedAt = 0;
  private waiting: Disposable | null = null;

  constructor(intervalMs: number, clock: Clock, act: () => void, burst = 1) {
    this.intervalMs = intervalMs;
    this.leewayMs = (burst - 1) * intervalMs;
    this.clock = clock;
    this.act = act;
  }

  request(): void {
    if (this.waiting) return;
    const waitMs = this.restedAt - this.leewayMs - this.clock.now();
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
    this.restedAt = Math.max(this.restedAt, this.clock.now()) + this.intervalMs;
    this.act();
  }
}
