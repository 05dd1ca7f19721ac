/**
 * The log of a run as far as it is at hand: pages of a fixed size by seq, the least used forgotten. Since seq has no holes,
 * row n of the log is the event n, whether it is here or must be fetched. Pure.
 */
import type { RunEvent } from '../../client/index.ts';

export const pageEvents = 250;
/** Some 10,000 events: more than anybody scrolls through before the first of them are fetched again. */
const pagesKept = 40;

export class EventPages {
  /** By page, least recently used first. */
  readonly #pages = new Map<number, Map<number, RunEvent>>();
  readonly #gaps: { from: number; to: number }[] = [];

  put(event: RunEvent): void {
    this.#page(pageOf(event.seq)).set(event.seq, event);
    if (this.#pages.size > pagesKept) this.#forgetOne(pageOf(event.seq));
  }

  get(seq: number): RunEvent | undefined {
    return this.#pages.get(pageOf(seq))?.get(seq);
  }

  /** What is past retention. */
  putGap(gap: { from: number; to: number }): void {
    this.#gaps.push(gap);
  }

  isGone(seq: number): boolean {
    return this.#gaps.some(({ from, to }) => seq >= from && seq <= to);
  }

  /** Pages of these rows of which something is missing, given that the log ends at `lastSeq`. */
  missing(fromSeq: number, toSeq: number, lastSeq: number): number[] {
    const pages: number[] = [];
    for (let page = pageOf(fromSeq); page <= pageOf(Math.min(toSeq, lastSeq)); page++) {
      if (!this.#isWhole(page, lastSeq)) pages.push(page);
      else this.#touch(page);
    }
    return pages;
  }

  get size(): number {
    let events = 0;
    for (const page of this.#pages.values()) events += page.size;
    return events;
  }

  /** Everything, for a log that was changed behind Baton's back. */
  clear(): void {
    this.#pages.clear();
    this.#gaps.length = 0;
  }

  #isWhole(page: number, lastSeq: number): boolean {
    const first = firstOf(page);
    const due = Math.min(pageEvents, lastSeq - first + 1);
    const have = this.#pages.get(page)?.size ?? 0;
    if (have >= due) return true;
    if (!this.#gaps.some(({ from, to }) => from < first + due && to >= first)) return false;
    let gone = 0;
    for (let seq = first; seq < first + due; seq++) if (this.isGone(seq) && this.get(seq) === undefined) gone++;
    return have + gone >= due;
  }

  #page(page: number): Map<number, RunEvent> {
    const known = this.#pages.get(page);
    if (known) return known;
    const fresh = new Map<number, RunEvent>();
    this.#pages.set(page, fresh);
    return fresh;
  }

  #touch(page: number): void {
    const known = this.#pages.get(page);
    if (!known) return;
    this.#pages.delete(page);
    this.#pages.set(page, known);
  }

  #forgetOne(besides: number): void {
    for (const page of this.#pages.keys()) {
      if (page === besides) continue;
      this.#pages.delete(page);
      return;
    }
  }
}

export function pageOf(seq: number): number {
  return Math.floor((seq - 1) / pageEvents);
}

/** The first seq of a page. */
export function firstOf(page: number): number {
  return page * pageEvents + 1;
}
