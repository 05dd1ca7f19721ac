/** The ladder with its clock: one for all watches of a client, because what blocks one blocks all. */
import { climbDelayMs, climbed, currentTransport, failedToOpen, openedOn, type Ladder } from './transport-ladder.ts';
import type { Transport } from './transport-ladder.ts';

export class TransportChoice {
  #ladder: Ladder;
  #watches = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changed = new AbortController();
  readonly #probeTop: () => Promise<boolean>;

  /** `probeTop` tries to open the highest transport, and says whether it could. */
  constructor(ladder: Ladder, probeTop: () => Promise<boolean>) {
    this.#ladder = ladder;
    this.#probeTop = probeTop;
  }

  get current(): Transport {
    return currentTransport(this.#ladder);
  }

  /** Fires when another transport is to be used from now on. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  opened(): void {
    this.#ladder = openedOn(this.#ladder);
  }

  failedToOpen(how: { reachable: boolean; timedOut: boolean }): void {
    this.#move(failedToOpen(this.#ladder, how));
  }

  /** While somebody watches from a lower rung, the higher one is tried from time to time. Returns how to leave. */
  enter(): () => void {
    this.#watches++;
    this.#schedule();
    return () => {
      this.#watches--;
      if (this.#watches === 0) this.#unschedule();
    };
  }

  #move(ladder: Ladder): void {
    const before = this.current;
    this.#ladder = ladder;
    if (this.current !== before) {
      const changed = this.#changed;
      this.#changed = new AbortController();
      changed.abort();
    }
    this.#schedule();
  }

  #schedule(): void {
    const delayMs = climbDelayMs(this.#ladder);
    if (this.#timer !== undefined || this.#watches === 0 || delayMs === null) return;
    this.#timer = setTimeout(() => void this.#climb(), delayMs * (0.75 + Math.random() / 2));
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #climb(): Promise<void> {
    const opened = await this.#probeTop();
    this.#timer = undefined;
    if (climbDelayMs(this.#ladder) !== null) this.#move(climbed(this.#ladder, opened));
  }
}
