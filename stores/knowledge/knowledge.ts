/**
 * The knowledge store: what crawls have read, searchable, in `knowledge.sqlite` of the data folder.
 * Any number of processes may have it open; whatever one commits, the next call of another sees.
 * Every call is synchronous and short.
 */
import { join, resolve } from 'node:path';
import { CrawlState, type CrawlKey, forgetCrawl } from './crawl-state.ts';
import { openDatabase, type Database } from '../sqlite/database.ts';
import { mergeIndex } from './merge-index.ts';
import { purgeBatch } from './purge.ts';
import { knowledgeSchema } from './schema.ts';
import { type KnowledgeHit, type OwnerFilter, searchChunks } from './search.ts';
import { changeCount, deleteSources, type KnowledgeSource, listSources } from './sources.ts';

export interface Knowledge extends Disposable {
  /** Best first. Any text may be asked; one without a word finds nothing. */
  search(query: string, limit: number, filter?: OwnerFilter): KnowledgeHit[];
  /** Newest first. */
  sources(filter?: OwnerFilter): KnowledgeSource[];
  /** Grows with every change of `sources`, whichever process made it: cheap enough to ask each second. */
  changes(): number;
  /** False where there is no such source, or it belongs to another owner. */
  deleteSource(sourceId: string, filter?: OwnerFilter): boolean;
  /** Sources whose content came from the run, and the state of its crawls. Returns the number of sources. */
  deleteRun(run: string): number;
  deleteOwner(owner: string | null): number;
  /** Takes a crawl over, or begins it. What is there under the key of another `workId` is forgotten. */
  claimCrawl(key: CrawlKey, owner: string | null, options: { workId: string }): CrawlState;
  /** Deletes some of what nobody sees any more. Call until false, and let others in between. */
  purge(): boolean;
  /** Merges some of the full-text index, without what was deleted. Call until false; `first` begins with it. */
  mergeIndex(options: { first: boolean }): boolean;
  /** The last of those who share it closes the file. */
  close(): void;
}

export function knowledgeFile(dataDir: string): string {
  return join(resolve(dataDir), 'knowledge.sqlite');
}

const shared = new Map<string, { database: Database; holders: number }>();

/** Creates the file if need be. One connection per process and folder, however often it is opened. */
export function openKnowledge(dataDir: string): Knowledge {
  const file = knowledgeFile(dataDir);
  const entry = shared.get(file) ?? { database: openDatabase(file, knowledgeSchema), holders: 0 };
  entry.holders += 1;
  shared.set(file, entry);
  const { database } = entry;
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    entry.holders -= 1;
    if (entry.holders > 0) return;
    shared.delete(file);
    database.close();
  };
  return {
    search: (query, limit, filter = {}) => searchChunks(database, query, limit, filter),
    sources: (filter = {}) => listSources(database, filter),
    changes: () => changeCount(database),
    deleteSource: (sourceId, filter = {}) => deleteSources(database, { sourceId, ...filter }) > 0,
    deleteRun: (run) => {
      database.write(() => forgetCrawl(database, { run }));
      return deleteSources(database, { run });
    },
    deleteOwner: (owner) => deleteSources(database, { owner }),
    claimCrawl: (key, owner, { workId }) =>
      new CrawlState(database, key, owner, { workId, now: new Date().toISOString() }),
    purge: () => purgeBatch(database, Date.now()),
    mergeIndex: ({ first }) => mergeIndex(database, first),
    close,
    [Symbol.dispose]: close,
  };
}
