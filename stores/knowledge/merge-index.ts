import { knowledgeMergePages } from '../../protocol/limits.ts';
import type { Database } from '../sqlite/database.ts';

/** Some of the merging; `first` begins with it. At the end the write-ahead log is emptied. False where all is done. */
export function mergeIndex(database: Database, first: boolean): boolean {
  const changes = () => Number(database.prepare('SELECT total_changes() AS n').get()?.['n']);
  const before = changes();
  const pages = first ? -knowledgeMergePages : knowledgeMergePages;
  database.prepare("INSERT INTO chunk_index (chunk_index, rank) VALUES ('merge', ?)").run(pages);
  // The command itself is one: SQLite's documentation of FTS5, "The 'merge' Command".
  if (first || changes() - before >= 2) return true;
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return false;
}
