import { searchExpressions } from './search-query.ts';
import type { Database } from '../sqlite/database.ts';

export interface KnowledgeHit {
  url: string;
  title: string;
  /** The whole chunk, at most `chunkCharacters`. */
  text: string;
  /** bm25, higher is better; comparable within one search only. */
  score: number;
  /** The run that stored it. */
  run: string;
  sourceId: string;
}

export interface OwnerFilter {
  /** Only what this principal owns; null is what belongs to nobody. Left out: everything. */
  owner?: string | null;
}

type HitRow = Omit<KnowledgeHit, 'sourceId'> & { id: number; source: number };

/** A title counts as much as this many words of text. */
const titleWeight = 4;

/**
 * Chunks with every word first, then with any, each by bm25; beginnings of words only when nothing else is found.
 * At most `limit`. Any text is a valid query; one without a word finds nothing.
 */
export function searchChunks(database: Database, query: string, limit: number, filter: OwnerFilter): KnowledgeHit[] {
  const byOwner = filter.owner === undefined ? '' : 'AND source.owner IS ?';
  const statement = database.prepare(`
    SELECT chunk.id AS id, page.url AS url, page.title AS title, chunk.text AS text, source.run AS run,
           source.id AS source, -bm25(chunk_index, ${titleWeight}, 1) AS score
    FROM chunk_index
    JOIN chunk ON chunk.id = chunk_index.rowid
    JOIN source ON source.version = chunk.version
    JOIN page ON page.version = chunk.version AND page.n = chunk.page
    WHERE chunk_index MATCH ? ${byOwner}
    ORDER BY score DESC, chunk.id
    LIMIT ?`);
  const found = new Map<number, KnowledgeHit>();
  const ask = (expression: string) => {
    const owner = filter.owner === undefined ? [] : [filter.owner];
    for (const row of statement.all(expression, ...owner, limit) as unknown as HitRow[]) {
      const { id, source, ...hit } = row;
      if (found.size < limit && !found.has(id)) found.set(id, { ...hit, sourceId: sourceIdOf(source) });
    }
  };
  const expressions = searchExpressions(query);
  if (expressions === null) return [];
  return database.read(() => {
    ask(expressions.every);
    if (found.size < limit && expressions.any !== expressions.every) ask(expressions.any);
    if (found.size === 0) ask(expressions.beginnings);
    return [...found.values()];
  });
}

export function sourceIdOf(id: number): string {
  return `src-${id}`;
}
