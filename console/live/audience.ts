/**
 * Those who listen to something that changes. Work goes on for them while there are any; it ends a moment after the last has
 * gone, so that a component that is mounted anew at once (another tab of the page) goes on with the same work.
 */
export class Audience {
  readonly #listeners = new Set<() => void>();
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #current: { ending: AbortController; isOver: boolean } | null = null;

  /**
   * `work` takes its own faults, and lets everything of it go when its signal fires. Where it is over before, whoever comes
   * next begins it anew.
   */
  constructor(work: (signal: AbortSignal) => Promise<void>) {
    this.#work = work;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#current === null || this.#current.isOver) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      setTimeout(() => this.#listeners.size === 0 && this.#end(), 0);
    };
  };

  /** Of the work; null while nobody listens. */
  get signal(): AbortSignal | null {
    return this.#current?.ending.signal ?? null;
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #begin(): void {
    this.#end();
    const current = { ending: new AbortController(), isOver: false };
    this.#current = current;
    void this.#work(current.ending.signal).finally(() => (current.isOver = true));
  }

  #end(): void {
    this.#current?.ending.abort();
    this.#current = null;
  }
}
