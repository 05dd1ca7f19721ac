/**
 * How a crawl's chunks get to readers: written beside what is there, indexed in batches, published by one update.
 *
 *   add pages ─▶ index batch by batch ─▶ publish ─▶ (the version before it is garbage) ─▶ purge batch by batch
 */
import { knowledgeBatchRows } from '../../protocol/limits.ts';
import type { Database } from '../sqlite/database.ts';
import { sourceIdOf } from './search.ts';
import { countChange } from './sources.ts';

export interface StagedPage {
  /** Its place in the crawl; pages must be added in this order. */
  n: number;
  url: string;
  title: string;
  chunks: { text: string; words: number }[];
}

export interface Publication {
  owner: string | null;
  url: string;
  title: string;
  run: string;
  tags: string[];
  now: string;
}

export interface PublishedSource {
  sourceId: string;
  pages: number;
  chunks: number;
  words: number;
}

/** Call inside a transaction. */
export function createVersion(database: Database): number {
  return Number(database.prepare('INSERT INTO version DEFAULT VALUES').run().lastInsertRowid);
}

/** Call inside a transaction. */
export function addPage(database: Database, version: number, page: StagedPage): void {
  database.prepare('INSERT INTO page VALUES (?, ?, ?, ?)').run(version, page.n, page.url, page.title);
  const insert = database.prepare('INSERT INTO chunk (version, page, text, words) VALUES (?, ?, ?, ?)');
  for (const chunk of page.chunks) insert.run(version, page.n, chunk.text, chunk.words);
}

/** The last page that is in the version; -1 when there is none. */
export function lastPage(database: Database, version: number): number {
  return Number(database.prepare('SELECT ifnull(max(n), -1) AS n FROM page WHERE version = ?').get(version)?.['n']);
}

/** Call inside a transaction. Returns how many chunks are left to index. */
export function indexBatch(database: Database, version: number): number {
  const rows = database
    .prepare(
      `SELECT chunk.id AS id, page.title AS title, chunk.text AS text
       FROM chunk JOIN page ON page.version = chunk.version AND page.n = chunk.page
       WHERE chunk.version = ? AND chunk.id > (SELECT indexed FROM version WHERE id = ?)
       ORDER BY chunk.id LIMIT ?`,
    )
    .all(version, version, knowledgeBatchRows) as unknown as { id: number; title: string; text: string }[];
  const last = rows.at(-1);
  if (last === undefined) return 0;
  const insert = database.prepare('INSERT INTO chunk_index (rowid, title, text) VALUES (?, ?, ?)');
  for (const { id, title, text } of rows) insert.run(id, title, text);
  database.prepare('UPDATE version SET indexed = ? WHERE id = ?').run(last.id, version);
  const left = database.prepare('SELECT count(*) AS n FROM chunk WHERE version = ? AND id > ?').get(version, last.id);
  return Number(left?.['n']);
}

/** Call inside a transaction: readers see the whole version from its commit on, and nothing of the one before. */
export function publishVersion(database: Database, version: number, what: Publication): PublishedSource {
  const counts = database
    .prepare(
      `SELECT (SELECT count(*) FROM page WHERE version = ?1) AS pages, count(*) AS chunks, ifnull(sum(words), 0) AS words
       FROM chunk WHERE version = ?1`,
    )
    .get(version) as { pages: number; chunks: number; words: number };
  const { owner, url, title, run, tags, now } = what;
  const { pages, chunks, words } = counts;
  const row = database
    .prepare(
      `INSERT INTO source (owner, url, title, run, tags, version, pages, chunks, words, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
       ON CONFLICT (ifnull(owner, ''), url) DO UPDATE SET title = ?3, run = ?4, tags = ?5, version = ?6,
         pages = ?7, chunks = ?8, words = ?9, updated_at = ?10
       RETURNING id`,
    )
    .get(owner, url, title, run, JSON.stringify(tags), version, pages, chunks, words, now);
  countChange(database);
  return { sourceId: sourceIdOf(Number(row?.['id'])), pages, chunks, words };
}
