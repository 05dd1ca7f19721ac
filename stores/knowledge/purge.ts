/** Deletes what nobody can see any more, a batch at a time, so that no writer and no event loop waits for it. */
import { setImmediate } from 'node:timers/promises';
import { crawlStateRetentionMs, knowledgeBatchRows } from '../../protocol/limits.ts';
import type { Database } from '../sqlite/database.ts';
import type { Knowledge } from './knowledge.ts';

/** Purges until nothing is left; others run between the batches. Rejects when the signal fires. */
export async function purgeKnowledge(knowledge: Knowledge, signal?: AbortSignal): Promise<void> {
  while (knowledge.purge()) await setImmediate(undefined, signal ? { signal } : {});
}

/** One transaction. Returns whether there may be more. */
export function purgeBatch(database: Database, nowMs: number): boolean {
  return database.write(() => forgetOldCrawls(database, nowMs) || purgeCrawlRows(database) || purgeVersion(database));
}

function forgetOldCrawls(database: Database, nowMs: number): boolean {
  const oldest = new Date(nowMs - crawlStateRetentionMs).toISOString();
  return database.prepare('DELETE FROM crawl WHERE updated_at < ?').run(oldest).changes > 0;
}

/** Pages of crawls that have their result or are gone, events of crawls that are gone. */
function purgeCrawlRows(database: Database): boolean {
  const pages = database
    .prepare(
      `DELETE FROM crawl_page WHERE rowid IN
       (SELECT rowid FROM crawl_page WHERE crawl NOT IN (SELECT id FROM crawl WHERE result IS NULL) LIMIT ?)`,
    )
    .run(knowledgeBatchRows);
  const events = database
    .prepare(
      `DELETE FROM crawl_event WHERE rowid IN
       (SELECT rowid FROM crawl_event WHERE crawl NOT IN (SELECT id FROM crawl) LIMIT ?)`,
    )
    .run(knowledgeBatchRows);
  return Number(pages.changes) + Number(events.changes) > 0;
}

/** Versions that no source shows and no crawl is building. */
function purgeVersion(database: Database): boolean {
  const garbage = database
    .prepare(
      `SELECT id, indexed FROM version WHERE id NOT IN (SELECT version FROM source)
       AND id NOT IN (SELECT version FROM crawl WHERE version IS NOT NULL AND result IS NULL) LIMIT 1`,
    )
    .get() as { id: number; indexed: number } | undefined;
  if (garbage === undefined) return false;
  const rows = database
    .prepare('SELECT id FROM chunk WHERE version = ? ORDER BY id LIMIT ?')
    .all(garbage.id, knowledgeBatchRows) as unknown as { id: number }[];
  const fromIndex = database.prepare('DELETE FROM chunk_index WHERE rowid = ?');
  const fromChunks = database.prepare('DELETE FROM chunk WHERE id = ?');
  for (const { id } of rows) {
    if (id <= garbage.indexed) fromIndex.run(id);
    fromChunks.run(id);
  }
  if (rows.length === 0) {
    database.prepare('DELETE FROM page WHERE version = ?').run(garbage.id);
    database.prepare('DELETE FROM version WHERE id = ?').run(garbage.id);
  }
  return true;
}
