/**
 * A list of any length behind a cursor, as far as it is at hand. Pages that were not looked at for long are forgotten:
 * their cursors and their numbers of rows stay, so that rows keep their places and come back when they are looked at.
 * It grows at its end only.
 */
import type { Page } from '../../client/index.ts';

interface Chunk<T> {
  /** Of the page itself. */
  cursor: string | null;
  /** Of the page after it; null: it is the last. */
  next: string | null;
  /** Index of its first row. */
  start: number;
  rows: number;
  /** null: forgotten. An item is null that was there and is not any more. */
  items: (T | null)[] | null;
}

export interface PagedListSource<T> {
  fetch: (cursor: string | null) => Promise<Page<T>>;
  key: (item: T) => string;
  /** Something has come. */
  onChange: () => void;
  onError: (error: unknown) => void;
}

export const pagesKept = 40;
/** Rows before the end at which the next page is asked for. */
const ahead = 60;

export class PagedList<T> {
  readonly #source: PagedListSource<T>;
  readonly #chunks: Chunk<T>[] = [];
  /** Least recently looked at first. */
  readonly #kept = new Set<Chunk<T>>();
  readonly #places = new Map<string, { chunk: Chunk<T>; row: number }>();
  readonly #fetching = new Set<Chunk<T> | 'next'>();
  /** Answers to what was asked before the list began anew come to nothing. */
  #era = 0;

  constructor(source: PagedListSource<T>) {
    this.#source = source;
  }

  /** Rows that are known of; all, where `isWhole`. */
  get count(): number {
    const last = this.#chunks.at(-1);
    return last === undefined ? 0 : last.start + last.rows;
  }

  get isWhole(): boolean {
    return this.#chunks.length > 0 && this.#chunks.at(-1)?.next === null;
  }

  get hasBegun(): boolean {
    return this.#chunks.length > 0;
  }

  /** undefined: it must be fetched; null: it is gone. */
  at(index: number): T | null | undefined {
    const chunk = this.#chunkOf(index);
    return chunk?.items?.[index - chunk.start];
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** How many are at hand. */
  get size(): number {
    let items = 0;
    for (const chunk of this.#kept) items += chunk.items?.length ?? 0;
    return items;
  }

  /** Fetches what is missing of these rows, and what comes after the last ones. */
  want(from: number, to: number): void {
    if (to >= this.count - ahead && !this.isWhole) this.#fetchNext();
    const last = this.#chunkOf(Math.min(to, this.count - 1));
    for (let chunk = this.#chunkOf(from); chunk; chunk = this.#after(chunk)) {
      if (chunk.items === null) this.#fetchAgain(chunk);
      else this.#touch(chunk);
      if (chunk === last) return;
    }
  }

  /** False where it isn't at hand. */
  update(item: T): boolean {
    const place = this.#places.get(this.#source.key(item));
    if (!place?.chunk.items) return false;
    place.chunk.items[place.row] = item;
    return true;
  }

  /** Its row stays, and says so. */
  drop(key: string): void {
    const place = this.#places.get(key);
    if (place?.chunk.items) place.chunk.items[place.row] = null;
    this.#places.delete(key);
  }

  /** Begins anew with this first page. */
  reset(page: Page<T>): void {
    this.#era++;
    this.#chunks.length = 0;
    this.#kept.clear();
    this.#places.clear();
    this.#fetching.clear();
    this.#append(null, page);
  }

  /** Reads the last page again, which may have grown. */
  refreshEnd(): void {
    const last = this.#chunks.at(-1);
    if (last === undefined) this.#fetchNext();
    else if (last.next === null) this.#fetchAgain(last);
  }

  #chunkOf(index: number): Chunk<T> | undefined {
    let [low, high] = [0, this.#chunks.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk === undefined) return undefined;
      if (index < chunk.start) high = middle - 1;
      else if (index >= chunk.start + chunk.rows) low = middle + 1;
      else return chunk;
    }
    return undefined;
  }

  #after(chunk: Chunk<T>): Chunk<T> | undefined {
    return this.#chunkOf(chunk.start + chunk.rows);
  }

  #fetchNext(): void {
    const cursor = this.#chunks.at(-1)?.next ?? null;
    this.#fetch('next', cursor, (page) => this.#append(cursor, page));
  }

  #fetchAgain(chunk: Chunk<T>): void {
    this.#fetch(chunk, chunk.cursor, (page) => {
      const isLast = chunk === this.#chunks.at(-1);
      // Only the end may grow: rows in between keep their places, and those that have left are seen to have.
      if (isLast) {
        chunk.rows = Math.max(chunk.rows, page.items.length);
        chunk.next = page.nextCursor;
      }
      this.#fill(
        chunk,
        Array.from({ length: chunk.rows }, (_, row) => page.items[row] ?? null),
      );
    });
  }

  #fetch(what: Chunk<T> | 'next', cursor: string | null, take: (page: Page<T>) => void): void {
    if (this.#fetching.has(what)) return;
    this.#fetching.add(what);
    const era = this.#era;
    this.#source.fetch(cursor).then(
      (page) => {
        if (era !== this.#era) return;
        this.#fetching.delete(what);
        take(page);
        this.#source.onChange();
      },
      (error: unknown) => {
        if (era !== this.#era) return;
        this.#fetching.delete(what);
        this.#source.onError(error);
      },
    );
  }

  #append(cursor: string | null, { items: come, nextCursor }: Page<T>): void {
    // One that has moved down since it was listed keeps the place where it was seen first.
    const items = come.filter((item) => !this.#places.has(this.#source.key(item)));
    const chunk: Chunk<T> = { cursor, next: nextCursor, start: this.count, rows: items.length, items: null };
    this.#chunks.push(chunk);
    this.#fill(chunk, items);
  }

  #fill(chunk: Chunk<T>, items: (T | null)[]): void {
    this.#forget(chunk);
    chunk.items = items;
    items.forEach((item, row) => {
      if (item !== null) this.#places.set(this.#source.key(item), { chunk, row });
    });
    this.#touch(chunk);
    for (const old of this.#kept) {
      if (this.#kept.size <= pagesKept) break;
      this.#forget(old);
    }
  }

  #touch(chunk: Chunk<T>): void {
    this.#kept.delete(chunk);
    this.#kept.add(chunk);
  }

  #forget(chunk: Chunk<T>): void {
    for (const item of chunk.items ?? []) {
      if (item === null) continue;
      const key = this.#source.key(item);
      if (this.#places.get(key)?.chunk === chunk) this.#places.delete(key);
    }
    chunk.items = null;
    this.#kept.delete(chunk);
  }
}
