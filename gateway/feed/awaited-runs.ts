/** Who waits for runs that there are not yet, by their ids. They are many, and most wait in vain: so each costs little. */
export class AwaitedRuns {
  private readonly waiting = new Map<string, Set<(run: string) => void>>();

  /** Calls back with each of these that is told of, until it is disposed of. */
  when(ids: readonly string[], begun: (run: string) => void): Disposable {
    // One of its own for each wait: the same function may wait twice.
    const wake = (run: string) => begun(run);
    for (const id of ids) this.waiting.set(id, (this.waiting.get(id) ?? new Set()).add(wake));
    return { [Symbol.dispose]: () => this.forget(ids, wake) };
  }

  /** A run of this id has begun, or gone on. */
  tell(run: string): void {
    const waiters = this.waiting.get(run);
    if (!waiters) return;
    // Who begins to wait while others are told waits for the next; who goes meanwhile is told nothing.
    for (const wake of Array.from(waiters)) if (waiters.has(wake)) wake(run);
  }

  get ids(): string[] {
    return [...this.waiting.keys()];
  }

  private forget(ids: readonly string[], wake: (run: string) => void): void {
    for (const id of ids) {
      const waiters = this.waiting.get(id);
      waiters?.delete(wake);
      if (waiters?.size === 0) this.waiting.delete(id);
    }
  }
}
