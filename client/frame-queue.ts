import { watchBacklogFrames } from '../protocol/limits.ts';
import { asError } from './backoff.ts';

/**
 * From pushing to pulling. Bounded: when the consumer is too far behind, `onFull` is told once and nothing more is
 * taken; what is queued is still given out, then the iteration returns, so that the reader opens again from its cursor.
 */
export class FrameQueue<T> {
  #items: T[] = [];
  #state: 'open' | 'closed' = 'open';
  #error: Error | null = null;
  #wake: (() => void) | null = null;
  readonly #onFull: () => void;
  readonly #limit: number;

  constructor(onFull: () => void, limit: number = watchBacklogFrames) {
    this.#onFull = onFull;
    this.#limit = limit;
  }

  push(item: T): void {
    if (this.#state !== 'open') return;
    this.#items.push(item);
    this.#wake?.();
    if (this.#items.length < this.#limit) return;
    this.#state = 'closed';
    this.#onFull();
  }

  /** What is queued is given out first, then the error is thrown. */
  fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#error = error;
    this.#wake?.();
  }

  async *drain(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const onAbort = () => this.#wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        if (signal.aborted) throw asError(signal.reason);
        const items = this.#items;
        this.#items = [];
        for (const item of items) {
          if (signal.aborted) throw asError(signal.reason);
          yield item;
        }
        if (this.#items.length > 0) continue;
        if (this.#error) throw this.#error;
        if (this.#state === 'closed') return;
        if (signal.aborted) continue;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#state = 'closed';
      this.#items = [];
    }
  }
}
