/** When the next one may begin. By an absolute timetable: what one is late by, the next one is not. */
import { bulkCatchUpMs } from '../../protocol/limits.ts';

export class Pace {
  private readonly intervalMs: number;
  private nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.intervalMs = 1_000 / perSecond;
  }

  /** Milliseconds to wait before it begins, and books that place. Longer stalls are not caught up with. */
  take(nowMs: number): number {
    const atMs = Math.max(this.nextAtMs, nowMs - (this.nextAtMs === Number.NEGATIVE_INFINITY ? 0 : bulkCatchUpMs));
    this.nextAtMs = atMs + this.intervalMs;
    return Math.max(0, atMs - nowMs);
  }
}
