/**
 * Looks through a log from its beginning for what fits a filter, page by page, and goes on with what comes. Events that are
 * at hand are not fetched again. It holds what it has found, up to a limit.
 */
import type { BatonClientError, EventsPage, RunEvent } from '../../client/index.ts';
import { fitting, type LogFilter } from './log-filter.ts';

/** Where the events are: a RunStore, to the console. */
export interface LogSource {
  readonly lastSeq: number;
  readonly pages: { get(seq: number): RunEvent | undefined };
  read(after: number, limit: number, signal: AbortSignal): Promise<EventsPage>;
}

/** Small enough that a page is parsed and looked through within a frame or two. */
const pageEvents = 1_000;
export const matchesKept = 20_000;

export class LogScan {
  /** In the order of the log. */
  readonly matches: RunEvent[] = [];
  readonly #source: LogSource;
  readonly #fits: (event: RunEvent) => boolean;
  readonly #tell: () => void;
  readonly #aborting = new AbortController();
  #scannedTo = 0;
  #goneEvents = 0;
  #state: 'idle' | 'reading' | 'stopped' | 'full' | 'failed' = 'idle';
  #error: BatonClientError | null = null;

  constructor(source: LogSource, filter: LogFilter, tell: () => void) {
    this.#source = source;
    this.#fits = fitting(filter);
    this.#tell = tell;
  }

  get standing() {
    return {
      state: this.#state,
      /** Of the log that there is: 0 to 1. */
      fraction: this.#source.lastSeq === 0 ? 1 : this.#scannedTo / this.#source.lastSeq,
      found: this.matches.length,
      goneEvents: this.#goneEvents,
      error: this.#error,
    };
  }

  /** The log may have grown; or, after a failure, is worth another try. Called once a frame. */
  goOn(): void {
    if (this.#state !== 'idle' && this.#state !== 'failed') return;
    const { found, state } = this.standing;
    this.#takeWhatIsHere();
    if (this.matches.length !== found || this.#state !== state) this.#tell();
    if (this.#scannedTo < this.#source.lastSeq && !this.#isOver()) void this.#fetch();
  }

  /** What was found stays. */
  stop(): void {
    this.#aborting.abort();
    if (this.#state !== 'full') this.#state = 'stopped';
    this.#tell();
  }

  #takeWhatIsHere(): void {
    for (;;) {
      const event = this.#source.pages.get(this.#scannedTo + 1);
      if (event === undefined || !this.#take(event)) return;
    }
  }

  async #fetch(): Promise<void> {
    this.#state = 'reading';
    this.#error = null;
    try {
      while (this.#scannedTo < this.#source.lastSeq) {
        const { events, gap, next } = await this.#source.read(this.#scannedTo, pageEvents, this.#aborting.signal);
        if (gap) this.#goneEvents += gap.to - gap.from + 1;
        for (const event of events) if (!this.#take(event)) break;
        if (this.#isOver()) break;
        if (next <= this.#scannedTo && events.length === 0 && !gap) break;
        this.#scannedTo = Math.max(this.#scannedTo, next, gap?.to ?? 0);
        this.#tell();
      }
      if (!this.#isOver()) this.#state = 'idle';
    } catch (error) {
      if (this.#isOver()) return;
      this.#state = 'failed';
      this.#error = error as BatonClientError;
    }
    this.#tell();
  }

  #isOver(): boolean {
    return this.#state === 'stopped' || this.#state === 'full';
  }

  /** Whether there is room for more. */
  #take(event: RunEvent): boolean {
    if (event.seq <= this.#scannedTo) return true;
    this.#scannedTo = event.seq;
    if (this.#fits(event)) this.matches.push(event);
    if (this.matches.length < matchesKept) return true;
    this.#state = 'full';
    return false;
  }
}

/** Where `seq` stands among events in the order of the log, or would stand. */
export function placeOf(events: readonly RunEvent[], seq: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle] as RunEvent).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
