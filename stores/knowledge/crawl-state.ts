/**
 * One crawl's state on disk, so that it goes on where it was after any death of its process.
 * Every change is one transaction that also writes down what the log must be told (`crawl_event`): state and events
 * cannot part. Events leave the table when the log has confirmed them; until then a resumed crawl tells them again.
 *
 * The newest claim owns a crawl. A write by an older one (an attempt that was given up but still runs) throws `run_moved`.
 */
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import type { Database } from '../sqlite/database.ts';
import {
  addPage,
  createVersion,
  indexBatch,
  lastPage,
  type Publication,
  type PublishedSource,
  publishVersion,
  type StagedPage,
} from './versions.ts';

export interface CrawlKey {
  run: string;
  step: string;
}

/** `queued` waits or was under way; `skipped` and `alias` (found behind a redirect) are known but not counted. */
export type CrawlPageStatus = 'queued' | 'ok' | 'failed' | 'ignored' | 'skipped' | 'alias';

export interface CrawlPage {
  url: string;
  depth: number;
  status: CrawlPageStatus;
  /** Why it is not `ok`. */
  reason: string | null;
}

export interface CrawlEvent {
  kind: string;
  data: Record<string, unknown>;
}

export interface CrawlFacts {
  stage: string;
  mode: string | null;
  /** Origin that a recursive crawl keeps to. */
  site: string | null;
  percentage: number;
  /** Addresses that were found and not kept. */
  beyond: number;
  /** JSON of the agent's result, once there is one. */
  result: string | null;
}

export interface CrawlChange {
  set?: Partial<CrawlFacts>;
  add?: { url: string; depth: number; status: 'queued' | 'skipped' | 'alias' }[];
  finish?: { url: string; status: 'ok' | 'failed' | 'ignored'; reason?: string; title?: string; text?: string };
  events?: CrawlEvent[];
}

export interface FinishedPage {
  n: number;
  url: string;
  title: string;
  text: string;
}

type CrawlRow = CrawlFacts & { id: number; version: number | null };

export class CrawlState {
  readonly #database: Database;
  readonly #claim: string;
  readonly #row: CrawlRow;
  #nextPage: number;

  /** Takes the crawl over from whoever had it. A claim begins with the work that it is of; what is of another is forgotten. */
  constructor(database: Database, key: CrawlKey, owner: string | null, options: { workId: string; now: string }) {
    this.#database = database;
    const work = `${options.workId} `;
    this.#claim = `${work}${randomUUID()}`;
    this.#row = database.write(() => {
      const known = database.prepare('SELECT claim FROM crawl WHERE run = ? AND step = ?').get(key.run, key.step);
      if (known && !String(known['claim']).startsWith(work)) forgetCrawl(database, key);
      return database
        .prepare(
          `INSERT INTO crawl (run, step, owner, claim, stage, percentage, updated_at) VALUES (?, ?, ?, ?, '', 0, ?)
           ON CONFLICT (run, step) DO UPDATE SET claim = excluded.claim, updated_at = excluded.updated_at
           RETURNING id, stage, mode, site, percentage, beyond, version, result`,
        )
        .get(key.run, key.step, owner, this.#claim, options.now) as unknown as CrawlRow;
    });
    const last = database.prepare('SELECT ifnull(max(n), -1) AS n FROM crawl_page WHERE crawl = ?').get(this.#row.id);
    this.#nextPage = Number(last?.['n']) + 1;
  }

  get facts(): Readonly<CrawlFacts> {
    return this.#row;
  }

  /** In the order in which they were found. */
  pages(): CrawlPage[] {
    const rows = this.#database
      .prepare('SELECT url, depth, status, reason FROM crawl_page WHERE crawl = ? ORDER BY n')
      .all(this.#row.id);
    return rows as unknown as CrawlPage[];
  }

  /** Good pages after place `n`, in order, one batch. */
  goodPages(after: number, limit: number): FinishedPage[] {
    const rows = this.#database
      .prepare(
        `SELECT n, url, title, text FROM crawl_page WHERE crawl = ? AND n > ? AND status = 'ok' ORDER BY n LIMIT ?`,
      )
      .all(this.#row.id, after, limit);
    return rows as unknown as FinishedPage[];
  }

  /** What the log has not confirmed, oldest first. */
  unconfirmed(): { id: number; event: CrawlEvent }[] {
    const rows = this.#database
      .prepare('SELECT id, kind, data FROM crawl_event WHERE crawl = ? ORDER BY id')
      .all(this.#row.id) as unknown as { id: number; kind: string; data: string }[];
    return rows.map(({ id, kind, data }) => ({ id, event: { kind, data: JSON.parse(data) as CrawlEvent['data'] } }));
  }

  /** The log has everything up to this event. */
  confirm(eventId: number): void {
    this.#database.write(() =>
      this.#database.prepare('DELETE FROM crawl_event WHERE crawl = ? AND id <= ?').run(this.#row.id, eventId),
    );
  }

  /** Returns the id of the last event that was written down, or null. Throws `run_moved`. */
  commit(change: CrawlChange, now: string): number | null {
    return this.#write(now, () => this.#apply(change));
  }

  /** The last page that is staged for publication; -1 when none is. */
  stagedUntil(): number {
    return this.#row.version === null ? -1 : lastPage(this.#database, this.#row.version);
  }

  stagePages(pages: readonly StagedPage[], percentage: number, now: string): void {
    this.#write(now, () => {
      const version = this.#version();
      for (const page of pages) addPage(this.#database, version, page);
      this.#set({ percentage });
    });
  }

  /** Indexes one batch of what is staged. Returns how many chunks are left. */
  indexStaged(now: string): number {
    return this.#write(now, () => indexBatch(this.#database, this.#version()));
  }

  /** Puts what is staged in the place of what the source held, and the crawl's end with it, in one transaction. */
  publish(what: Publication, end: (source: PublishedSource) => CrawlChange): number | null {
    return this.#write(what.now, () => this.#apply(end(publishVersion(this.#database, this.#version(), what))));
  }

  #write<T>(now: string, work: () => T): T {
    const before = { ...this.#row };
    const nextPage = this.#nextPage;
    try {
      return this.#database.write(() => {
        const mine = this.#database
          .prepare('UPDATE crawl SET updated_at = ? WHERE id = ? AND claim = ?')
          .run(now, this.#row.id, this.#claim);
        if (mine.changes === 0) throw new BatonError('run_moved', 'another attempt has taken this crawl over');
        return work();
      });
    } catch (error) {
      Object.assign(this.#row, before);
      this.#nextPage = nextPage;
      throw error;
    }
  }

  #apply({ set, add, finish, events }: CrawlChange): number | null {
    const { id } = this.#row;
    if (set) this.#set(set);
    const insertPage = this.#database.prepare(
      'INSERT INTO crawl_page (crawl, n, url, depth, status) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { url, depth, status } of add ?? []) insertPage.run(id, this.#nextPage++, url, depth, status);
    if (finish) {
      this.#database
        .prepare('UPDATE crawl_page SET status = ?, reason = ?, title = ?, text = ? WHERE crawl = ? AND url = ?')
        .run(finish.status, finish.reason ?? null, finish.title ?? null, finish.text ?? null, id, finish.url);
    }
    let last: number | null = null;
    const insertEvent = this.#database.prepare('INSERT INTO crawl_event (crawl, kind, data) VALUES (?, ?, ?)');
    for (const { kind, data } of events ?? [])
      last = Number(insertEvent.run(id, kind, JSON.stringify(data)).lastInsertRowid);
    return last;
  }

  #set(facts: Partial<CrawlFacts>): void {
    Object.assign(this.#row, facts);
    const { stage, mode, site, percentage, beyond, result, version, id } = this.#row;
    this.#database
      .prepare(
        'UPDATE crawl SET stage = ?, mode = ?, site = ?, percentage = ?, beyond = ?, result = ?, version = ? WHERE id = ?',
      )
      .run(stage, mode, site, percentage, beyond, result, version, id);
  }

  #version(): number {
    this.#row.version ??= createVersion(this.#database);
    return this.#row.version;
  }
}

/** Call inside a transaction. What hangs on the crawl is purged later. */
export function forgetCrawl(database: Database, key: { run: string; step?: string }): void {
  if (key.step === undefined) database.prepare('DELETE FROM crawl WHERE run = ?').run(key.run);
  else database.prepare('DELETE FROM crawl WHERE run = ? AND step = ?').run(key.run, key.step);
}
