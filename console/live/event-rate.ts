/** How many events come a second, over the last ten. */
const secondsKept = 10;

export class EventRate {
  /** By second. */
  readonly #counts = new Map<number, number>();

  add(atMs: number): void {
    const second = Math.floor(atMs / 1_000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    for (const old of this.#counts.keys()) {
      if (this.#counts.size <= secondsKept + 1) break;
      this.#counts.delete(old);
    }
  }

  /** Of the whole seconds before this one. */
  perSecond(nowMs: number): number {
    const now = Math.floor(nowMs / 1_000);
    let events = 0;
    for (const [second, count] of this.#counts) if (second < now && second >= now - secondsKept) events += count;
    return events / secondsKept;
  }
}
