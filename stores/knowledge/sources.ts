/** What the knowledge store holds, source by source. A source is one crawled address of one owner. */
import type { Database } from '../sqlite/database.ts';
import { type OwnerFilter, sourceIdOf } from './search.ts';

export interface KnowledgeSource {
  sourceId: string;
  url: string;
  title: string;
  owner: string | null;
  /** The run that stored what is there now. */
  run: string;
  tags: string[];
  pages: number;
  chunks: number;
  words: number;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
}

interface SourceRow {
  id: number;
  url: string;
  title: string;
  owner: string | null;
  run: string;
  tags: string;
  pages: number;
  chunks: number;
  words: number;
  created_at: string;
  updated_at: string;
}

/** Newest first. */
export function listSources(database: Database, filter: OwnerFilter): KnowledgeSource[] {
  const rows =
    filter.owner === undefined
      ? database.prepare('SELECT * FROM source ORDER BY updated_at DESC, id DESC').all()
      : database.prepare('SELECT * FROM source WHERE owner IS ? ORDER BY updated_at DESC, id DESC').all(filter.owner);
  return (rows as unknown as SourceRow[]).map((row) => ({
    sourceId: sourceIdOf(row.id),
    url: row.url,
    title: row.title,
    owner: row.owner,
    run: row.run,
    tags: JSON.parse(row.tags) as string[],
    pages: row.pages,
    chunks: row.chunks,
    words: row.words,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** What is gone for readers at once; its rows are purged in batches afterwards. Returns how many sources went. */
export function deleteSources(database: Database, by: { sourceId: string } & OwnerFilter): number;
export function deleteSources(database: Database, by: { run: string } | { owner: string | null }): number;
export function deleteSources(
  database: Database,
  by: { sourceId?: string; run?: string; owner?: string | null },
): number {
  const conditions: string[] = [];
  const values: (string | number | null)[] = [];
  if (by.sourceId !== undefined) {
    conditions.push("'src-' || id = ?");
    values.push(by.sourceId);
  }
  if (by.run !== undefined) {
    conditions.push('run = ?');
    values.push(by.run);
  }
  if (by.owner !== undefined) {
    conditions.push('owner IS ?');
    values.push(by.owner);
  }
  return database.write(() => {
    const { changes } = database.prepare(`DELETE FROM source WHERE ${conditions.join(' AND ')}`).run(...values);
    if (changes > 0) countChange(database);
    return Number(changes);
  });
}

/** Grows whenever `listSources` would show something else, whichever process did it. */
export function changeCount(database: Database): number {
  return Number(database.prepare('SELECT n FROM change').get()?.['n']);
}

export function countChange(database: Database): void {
  database.exec('UPDATE change SET n = n + 1');
}
