import { BatonError } from '../../protocol/errors.ts';

/**
 * Lets so many calls be under way at once; the others wait in the order in which they came. Who waits for too long is told so
 * by `temporal_down`, and asks nobody: in a rush that is more than can be answered, those who are answered still want to know.
 */
export class CallLimit {
  private readonly waitMs: number;
  private readonly waiting: (() => void)[] = [];
  private left: number;

  constructor({ atOnce, waitMs }: { atOnce: number; waitMs: number }) {
    this.left = atOnce;
    this.waitMs = waitMs;
  }

  /** `call` should end by the deadline that it is given, epoch milliseconds: the wait is part of it. Errors: temporal_down. */
  async run<T>(call: (deadlineMs: number) => Promise<T>): Promise<T> {
    const deadlineMs = Date.now() + this.waitMs;
    if (this.left > 0) this.left--;
    else await new Promise<void>((resolve) => void this.waiting.push(resolve));
    try {
      if (Date.now() >= deadlineMs)
        throw new BatonError(
          'temporal_down',
          `Temporal did not answer in time: ${this.waiting.length} more calls wait`,
        );
      return await call(deadlineMs);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.left++;
    }
  }
}
