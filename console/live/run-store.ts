/**
 * One run as the page shows it: its state, folded event by event; its log, as far as it is at hand; what agents say between
 * two events; and how the connection stands. Changes are told together, some 30 times a second at most.
 */
import { backoffMs, delay } from '../../client/backoff.ts';
import {
  BatonClientError,
  fold,
  type BatonClient,
  type EventsPage,
  type LiveFrame,
  type RunEvent,
  type RunView,
  type WatchItem,
} from '../../client/index.ts';
import { Audience } from './audience.ts';
import { EventPages, firstOf, pageEvents } from './event-pages.ts';
import { EventRate } from './event-rate.ts';
import { withFrame, type LiveStep } from './live-step.ts';
import { takeFault } from './take-fault.ts';

/** `behind`: connected, but events that are in the log are still to come. */
export type Connection = 'opening' | 'live' | 'polling' | 'behind' | 'reconnecting' | 'closed';

export interface RunSnapshot {
  /** Changes with every telling. */
  version: number;
  state: RunView | null;
  connection: Connection;
  /** Until the next attempt, where the connection was lost; else null. */
  retryInMs: number | null;
  /** Why nothing can be shown: there is no such run, or it is not ours to see. */
  error: BatonClientError | null;
  /** Why rows that are in sight are not there yet; they are asked for again. */
  rowsError: BatonClientError | null;
  /** By step. */
  live: ReadonlyMap<string, LiveStep>;
  /** Changes with the steps, questions and executions of the run, not with what agents write. */
  structure: number;
}

/** So many of the newest events come at once when a run is opened. */
const opened = 200;
/** Between two tellings: as soon as anybody can read, and every second frame of a screen is left in peace. */
const restMs = 30;
/** Where no frame is painted (the page is in the background). */
const hiddenMs = 500;
const rowsAgainMs = 1_500;
/** Of these there may be hundreds a second, and none changes what a run is made of. */
const chatter: ReadonlySet<string> = new Set(['agent.emitted', 'agent.progressed']);

export class RunStore {
  readonly run: string;
  readonly pages = new EventPages();
  readonly rate = new EventRate();
  readonly #client: BatonClient;
  readonly #audience = new Audience((signal) => this.#watch(signal));
  readonly #fetching = new Set<number>();
  readonly #live = new Map<string, LiveStep>();
  #state: RunView | null = null;
  #connection: Connection = 'opening';
  #retryInMs: number | null = null;
  #error: BatonClientError | null = null;
  #rowsError: BatonClientError | null = null;
  /** The last event that was delivered. */
  #cursor = 0;
  #structure = 0;
  #isStateStale = false;
  /** The log was changed behind Baton's back: the next state counts, however short its log is. */
  #isDisturbed = false;
  #isToldSoon = false;
  #toldAtMs = 0;
  #snapshot: RunSnapshot;

  constructor(client: BatonClient, run: string) {
    this.#client = client;
    this.run = run;
    this.#snapshot = this.#take(0);
  }

  /** Watches while anybody listens. */
  readonly subscribe = this.#audience.subscribe;

  readonly snapshot = (): RunSnapshot => this.#snapshot;

  get lastSeq(): number {
    return this.#state?.lastSeq ?? 0;
  }

  /** Fetches what is missing of these rows. Their coming is told. */
  want(fromSeq: number, toSeq: number): void {
    for (const page of this.pages.missing(fromSeq, toSeq, this.lastSeq)) {
      if (this.#fetching.has(page)) continue;
      this.#fetching.add(page);
      this.#fetchPage(page)
        .then(
          () => (this.#rowsError = null),
          (error: unknown) => this.#rowsFailed(error, fromSeq, toSeq),
        )
        .finally(() => {
          this.#fetching.delete(page);
          this.#tellSoon();
        });
    }
  }

  /** Part of the log, past what is at hand. */
  read(after: number, limit: number, signal: AbortSignal): Promise<EventsPage> {
    return this.#client.events(this.run, { after, limit, signal });
  }

  async #fetchPage(page: number): Promise<void> {
    const end = firstOf(page) + pageEvents - 1;
    // A page that is cut at its bytes goes on after what came.
    for (let after = firstOf(page) - 1; after < Math.min(end, this.lastSeq);) {
      const { events, gap, next } = await this.#client.events(this.run, {
        after,
        limit: end - after,
        ...this.#signal(),
      });
      if (gap) this.pages.putGap(gap);
      for (const event of events) this.pages.put(event);
      if (next <= after) return;
      after = next;
    }
  }

  #signal(): { signal?: AbortSignal } {
    const { signal } = this.#audience;
    return signal ? { signal } : {};
  }

  async #watch(signal: AbortSignal): Promise<void> {
    this.#error = null;
    for (let failures = 1; ; failures++) {
      try {
        const state = await this.#client.state(this.run, { signal });
        this.#takeState(state);
        const after = Math.max(0, state.lastSeq - opened);
        this.#cursor = after;
        for await (const item of this.#client.watch(this.run, { after, follow: true, signal })) this.#read(item);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof BatonClientError) || !error.retry) return this.#failed(error);
        this.#connection = 'reconnecting';
        this.#retryInMs = error.retryAfterMs ?? backoffMs(failures, Math.random());
        this.#tellSoon();
        await delay(this.#retryInMs, signal).catch(() => undefined);
        if (signal.aborted) return;
      }
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
        // One that begins within what was read: the log was changed behind Baton's back.
        if (item.from <= this.#cursor) {
          this.pages.clear();
          this.#isDisturbed = true;
        }
        this.pages.putGap({ from: item.from, to: item.to });
        this.#structure++;
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
    this.rate.add(Date.now());
    if (!chatter.has(event.type)) this.#structure++;
    // What was cut for the wire lacks what the state has of it.
    if (event.type === 'agent.completed' && 'blob' in event.data) this.#isStateStale = true;
    if (event.type === 'agent.completed' || event.type === 'agent.failed') this.#live.delete(event.step ?? '');
    else if (event.type.startsWith('run.') && this.#state.current.length === 0) this.#live.clear();
  }

  #readLive(frame: LiveFrame): void {
    const agent = this.#state?.agents[frame.agent];
    // Live frames and the log come by two ways: one of them may still be under way when its step is over.
    if (agent?.step === frame.step && agent.endedAt !== null) return;
    this.#live.set(frame.step, withFrame(this.#live.get(frame.step), frame));
  }

  /** One that is older than what was folded already is not taken. */
  #takeState(state: RunView): void {
    if (this.#state !== null && state.lastSeq < this.#state.lastSeq && !this.#isDisturbed) return;
    if (this.#state?.status !== state.status || this.#isDisturbed) this.#structure++;
    this.#isDisturbed = false;
    this.#state = state;
    this.#tellSoon();
  }

  #failed(error: unknown): void {
    this.#error = takeFault(error);
    this.#connection = 'closed';
    this.#tellSoon();
  }

  #rowsFailed(error: unknown, fromSeq: number, toSeq: number): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#rowsError = takeFault(error);
    if (this.#rowsError.retry) setTimeout(() => this.#audience.signal && this.want(fromSeq, toSeq), rowsAgainMs);
  }

  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    const tell = () => {
      this.#isToldSoon = false;
      this.#toldAtMs = performance.now();
      if (this.#isStateStale) this.#refresh();
      this.#snapshot = this.#take(this.#snapshot.version + 1);
      this.#audience.tell();
    };
    const atNextFrame = () => requestAnimationFrame(tell);
    const restsMs = this.#toldAtMs + restMs - performance.now();
    if (document.visibilityState === 'hidden') setTimeout(tell, hiddenMs);
    else if (restsMs > 0) setTimeout(atNextFrame, restsMs);
    else atNextFrame();
  }

  /** The state as the gateway has it; where it can't be had, the next snapshot of the watch brings it. */
  #refresh(): void {
    this.#isStateStale = false;
    this.#client.state(this.run, this.#signal()).then(
      (state) => this.#takeState(state),
      () => (this.#isStateStale = this.#connection !== 'closed'),
    );
  }

  #take(version: number): RunSnapshot {
    return {
      version,
      state: this.#state && { ...this.#state },
      connection: this.#connection === 'live' && this.#cursor < this.lastSeq ? 'behind' : this.#connection,
      retryInMs: this.#retryInMs,
      error: this.#error,
      rowsError: this.#rowsError,
      live: new Map(this.#live),
      structure: this.#structure,
    };
  }
}
