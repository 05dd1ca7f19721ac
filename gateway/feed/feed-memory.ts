/**
 * What all feeds of a gateway keep in memory, capped in bytes: what was read longest ago goes first.
 * Nothing is lost by it: the history has it.
 */
export interface Evictable {
  readonly weight: number;
  evict(): void;
}

export class FeedMemory {
  private readonly capBytes: number;
  /** In the order of their last use. */
  private readonly segments = new Map<Evictable, number>();
  private total = 0;

  constructor(capBytes: number) {
    this.capBytes = capBytes;
  }

  get bytes(): number {
    return this.total;
  }

  /** After each read or growth of a segment. */
  touch(segment: Evictable): void {
    const before = this.segments.get(segment) ?? 0;
    const { weight } = segment;
    this.segments.delete(segment);
    this.segments.set(segment, weight);
    this.total += weight - before;
    for (const [oldest] of this.segments) {
      if (this.total <= this.capBytes || oldest === segment) return;
      this.forget(oldest);
      oldest.evict();
    }
  }

  forget(segment: Evictable): void {
    this.total -= this.segments.get(segment) ?? 0;
    this.segments.delete(segment);
  }
}
