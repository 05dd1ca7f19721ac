/**
 * The list of a filter, live: what changes of the rows at hand is put in place; what comes before them is counted, and
 * let in when nobody is in the middle of it. Changes are told once a frame.
 *
 * Two ways, since neither tells all: a watch of the newest runs that fit, and a look at the rows in sight, by their ids
 * (one that has left the filter, or is old, is in no watch).
 */
import type { BatonClient, BatonClientError, Page, RunFilter, RunSummary } from '../../../client/index.ts';
import { Audience } from '../../live/audience.ts';
import { PagedList } from '../../live/paged-list.ts';
import { takeFault } from '../../live/take-fault.ts';
import { inPortions, newRows } from './new-rows.ts';

export interface RunsSnapshot {
  /** Changes with every telling. */
  version: number;
  /** Changes whenever something may have come, gone or ended. */
  news: number;
  /** Runs that have come before the first row and are not shown yet. */
  waiting: number;
  /** Why nothing new comes; it is asked again, where that may help. */
  error: BatonClientError | null;
}

const pageRows = 100;
/** Rows in sight are looked at so often. */
const lookMs = 4_000;
/** At most so often the first page is looked at while runs keep coming. */
const headMs = 1_000;
const againMs = 2_000;
const portion = { characters: 6_000, count: pageRows };

export class LiveRuns {
  readonly list: PagedList<RunSummary>;
  /** Where it was left. */
  scrollTop = 0;
  readonly #client: BatonClient;
  readonly #filter: RunFilter;
  readonly #audience = new Audience((signal) => this.#keepCurrent(signal));
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #inSight = { from: 0, to: 0 };
  #isHeld = false;
  #isHeadDue = false;
  #isToldSoon = false;
  #waiting = 0;
  #news = 0;
  #error: BatonClientError | null = null;
  #snapshot: RunsSnapshot = { version: 0, news: 0, waiting: 0, error: null };

  constructor(client: BatonClient, filter: RunFilter) {
    this.#client = client;
    this.#filter = filter;
    this.list = new PagedList({
      fetch: (cursor) => this.#page(cursor),
      key: ({ id }) => id,
      onChange: () => {
        this.#error = null;
        this.#tellSoon();
      },
      onError: (error) => this.#failed(error),
    });
  }

  /** Goes on while anybody listens. */
  readonly subscribe = this.#audience.subscribe;

  readonly snapshot = (): RunsSnapshot => this.#snapshot;

  /** Rows in sight. */
  want(from: number, to: number): void {
    this.#inSight = { from, to };
    this.list.want(from, to);
  }

  /** Held: somebody is in the middle of it, so nothing comes in before the rows. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld && this.#waiting > 0) this.letIn();
  }

  /** The list begins with the newest. */
  letIn(): void {
    this.#fromHead((page) => this.#takeHead(page));
  }

  #keepCurrent(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#rest());
    this.#inAWhile(lookMs, () => this.#look());
    // One that comes back finds what has changed since.
    if (this.list.hasBegun) this.#lookNow();
    return this.#watch(signal);
  }

  #rest(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#isHeadDue = false;
  }

  #inAWhile(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    try {
      for await (const run of this.#client.watchRuns({ ...this.#filter, newest: pageRows, signal })) {
        this.#news++;
        if (this.list.update(run)) this.#tellSoon();
        else this.#headSoon();
      }
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  #headSoon(): void {
    if (this.#isHeadDue || !this.list.hasBegun) return;
    this.#isHeadDue = true;
    this.#inAWhile(headMs, () => {
      this.#isHeadDue = false;
      this.#fromHead((page) => {
        const come = newRows(page.items, { has: (id) => this.list.has(id), isWhole: this.list.isWhole }).length;
        this.#news++;
        if (come > 0 && !this.#isHeld) this.#takeHead(page);
        else this.#waiting = come;
      });
    });
  }

  #takeHead(page: Page<RunSummary>): void {
    this.#waiting = 0;
    this.list.reset(page);
  }

  #fromHead(take: (page: Page<RunSummary>) => void): void {
    this.#page(null).then(
      (page) => {
        if (this.#audience.signal === null) return;
        take(page);
        this.#tellSoon();
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #page(cursor: string | null): Promise<Page<RunSummary>> {
    const { signal } = this.#audience;
    return this.#client.listPage({
      ...this.#filter,
      limit: pageRows,
      ...(cursor !== null && { cursor }),
      ...(signal && { signal }),
    });
  }

  #look(): void {
    if (document.visibilityState === 'visible') this.#lookNow();
    this.#inAWhile(lookMs, () => this.#look());
  }

  #lookNow(): void {
    const { from, to } = this.#inSight;
    const ids: string[] = [];
    for (let row = from; row <= to; row++) {
      const id = this.list.at(row)?.id;
      if (id !== undefined) ids.push(id);
    }
    for (const some of inPortions(ids, portion)) this.#lookAt(some).catch((error: unknown) => this.#failed(error));
  }

  async #lookAt(ids: readonly string[]): Promise<void> {
    const { signal } = this.#audience;
    const { items } = await this.#client.listPage({ ids, limit: ids.length, ...(signal && { signal }) });
    const found = new Map(items.map((run) => [run.id, run]));
    for (const id of ids) {
      const run = found.get(id);
      if (run) this.list.update(run);
      else this.list.drop(id);
    }
    this.#error = null;
    this.#tellSoon();
  }

  #failed(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#error = takeFault(error);
    if (this.#error.retry && this.#audience.signal)
      this.#inAWhile(againMs, () => this.list.want(this.#inSight.from, this.#inSight.to));
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    requestAnimationFrame(() => {
      this.#isToldSoon = false;
      this.#snapshot = {
        version: this.#snapshot.version + 1,
        news: this.#news,
        waiting: this.#waiting,
        error: this.#error,
      };
      this.#audience.tell();
    });
  }
}
