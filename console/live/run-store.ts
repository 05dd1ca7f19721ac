/**
 * One run as the page shows it: its state, folded event by event; its log, as far as it is at hand; what agents say between
 * two events; and how the connection stands. Changes are told once a frame, however many events came.
 */
import {
  BatonClientError,
  fold,
  type BatonClient,
  type LiveFrame,
  type RunEvent,
  type RunView,
  type WatchItem,
} from '../../client/index.ts';
import { EventPages, firstOf, pageEvents } from './event-pages.ts';

/** `behind`: connected, but events that are in the log are still to come. */
export type Connection = 'opening' | 'live' | 'polling' | 'behind' | 'reconnecting' | 'closed';

export interface LiveStep {
  step: string;
  attempt: number;
  fraction: number | null;
  message: string;
  /** Streamed text of a model, its end where it is long. */
  text: string;
}

export interface RunSnapshot {
  /** Changes with every telling. */
  version: number;
  state: RunView | null;
  connection: Connection;
  /** Until the next attempt, where the connection was lost; else null. */
  retryInMs: number | null;
  /** Why nothing can be shown: there is no such run, or it is not ours to see. */
  error: BatonClientError | null;
  /** By step. */
  live: ReadonlyMap<string, LiveStep>;
}

/** So many of the newest events come at once when a run is opened. */
const opened = 200;
/** Of streamed text. */
const textCharacters = 40_000;
/** Where no frame is painted (the page is in the background). */
const hiddenMs = 500;

export class RunStore {
  readonly run: string;
  readonly pages = new EventPages();
  readonly #client: BatonClient;
  readonly #listeners = new Set<() => void>();
  readonly #fetching = new Set<number>();
  readonly #live = new Map<string, LiveStep>();
  #state: RunView | null = null;
  #connection: Connection = 'opening';
  #retryInMs: number | null = null;
  #error: BatonClientError | null = null;
  /** The last event that was delivered. */
  #cursor = 0;
  #isStateStale = false;
  #isToldSoon = false;
  #watching: AbortController | null = null;
  #snapshot: RunSnapshot;

  constructor(client: BatonClient, run: string) {
    this.#client = client;
    this.run = run;
    this.#snapshot = this.#take(0);
  }

  /** Watches while anybody listens. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#watching === null) void this.#watch((this.#watching = new AbortController()));
    return () => {
      this.#listeners.delete(listener);
      // A component that is mounted anew at once (another tab of the page) goes on with the same watch.
      setTimeout(() => this.#listeners.size === 0 && this.#stop(), 0);
    };
  };

  readonly snapshot = (): RunSnapshot => this.#snapshot;

  get lastSeq(): number {
    return this.#state?.lastSeq ?? 0;
  }

  /** Fetches what is missing of these rows. Their coming is told. */
  want(fromSeq: number, toSeq: number): void {
    for (const page of this.pages.missing(fromSeq, toSeq, this.lastSeq)) {
      if (this.#fetching.has(page)) continue;
      this.#fetching.add(page);
      this.#client
        .events(this.run, { after: firstOf(page) - 1, limit: pageEvents, ...this.#signal() })
        .then(({ events, gap }) => {
          if (gap) this.pages.putGap(gap);
          for (const event of events) this.pages.put(event);
        })
        .catch((error: unknown) => this.#failed(error))
        .finally(() => {
          this.#fetching.delete(page);
          this.#tellSoon();
        });
    }
  }

  #signal(): { signal?: AbortSignal } {
    return this.#watching ? { signal: this.#watching.signal } : {};
  }

  #stop(): void {
    this.#watching?.abort();
    this.#watching = null;
  }

  async #watch(watching: AbortController): Promise<void> {
    const { signal } = watching;
    this.#error = null;
    try {
      const state = await this.#client.state(this.run, { signal });
      this.#takeState(state);
      const after = Math.max(0, state.lastSeq - opened);
      this.#cursor = after;
      for await (const item of this.#client.watch(this.run, { after, follow: true, signal })) this.#read(item);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  #read(item: WatchItem): void {
    switch (item.kind) {
      case 'event':
        this.#readEvent(item.event);
        break;
      case 'live':
        this.#readLive(item.live);
        break;
      case 'snapshot':
        this.#takeState(item.state);
        break;
      case 'gap':
        this.pages.clear();
        this.pages.putGap({ from: item.from, to: item.to });
        this.#isStateStale = true;
        break;
      case 'transport':
        this.#connection = item.status === 'lost' ? 'reconnecting' : item.transport === 'polling' ? 'polling' : 'live';
        this.#retryInMs = item.status === 'lost' ? item.retryInMs : null;
        break;
      case 'end':
      case 'notice':
        break;
    }
    this.#tellSoon();
  }

  #readEvent(event: RunEvent): void {
    this.pages.put(event);
    this.#cursor = event.seq;
    if (this.#state === null || event.seq <= this.#state.lastSeq) return;
    fold(this.#state, event);
    // What was cut for the wire lacks what the state has of it.
    if (event.type === 'agent.completed' && 'blob' in event.data) this.#isStateStale = true;
    if (event.type === 'agent.completed' || event.type === 'agent.failed') this.#live.delete(event.step ?? '');
  }

  #readLive({ step, attempt, fraction, message, text }: LiveFrame): void {
    const before = this.#live.get(step);
    const same = before?.attempt === attempt ? before : undefined;
    this.#live.set(step, {
      step,
      attempt,
      fraction: fraction ?? same?.fraction ?? null,
      message: message ?? same?.message ?? '',
      text: ((same?.text ?? '') + (text ?? '')).slice(-textCharacters),
    });
  }

  /** One that is older than what was folded already is not taken. */
  #takeState(state: RunView): void {
    if (this.#state !== null && state.lastSeq < this.#state.lastSeq) return;
    this.#state = state;
    this.#tellSoon();
  }

  #failed(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#error =
      error instanceof BatonClientError ? error : new BatonClientError('internal', String(error), { cause: error });
    this.#connection = 'closed';
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    const tell = () => {
      this.#isToldSoon = false;
      if (this.#isStateStale) this.#refresh();
      this.#snapshot = this.#take(this.#snapshot.version + 1);
      for (const listener of this.#listeners) listener();
    };
    if (document.visibilityState === 'hidden') setTimeout(tell, hiddenMs);
    else requestAnimationFrame(tell);
  }

  #refresh(): void {
    this.#isStateStale = false;
    this.#client.state(this.run, this.#signal()).then(
      (state) => this.#takeState(state),
      (error: unknown) => this.#failed(error),
    );
  }

  #take(version: number): RunSnapshot {
    return {
      version,
      state: this.#state && { ...this.#state },
      connection: this.#connection === 'live' && this.#cursor < this.lastSeq ? 'behind' : this.#connection,
      retryInMs: this.#retryInMs,
      error: this.#error,
      live: new Map(this.#live),
    };
  }
}
