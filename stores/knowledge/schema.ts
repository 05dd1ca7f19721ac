import type { Schema } from '../sqlite/database.ts';

/**
 * Tables of the knowledge store.
 *
 *   source ──version──▶ version ◀── page, chunk ──rowid──▶ chunk_index (full text)
 *   crawl ──▶ crawl_page (frontier and finished pages), crawl_event (what the log has not confirmed yet)
 *
 * Readers see a chunk only through `source.version`. A crawl builds its version beside the old one,
 * and one update of `source` puts it in its place.
 */
const sql = `
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  run TEXT NOT NULL,
  tags TEXT NOT NULL,
  version INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  words INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE UNIQUE INDEX source_identity ON source (ifnull(owner, ''), url);
CREATE UNIQUE INDEX source_version ON source (version);
CREATE INDEX source_run ON source (run);

CREATE TABLE version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  indexed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE page (
  version INTEGER NOT NULL,
  n INTEGER NOT NULL,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (version, n)
) WITHOUT ROWID;
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version INTEGER NOT NULL,
  page INTEGER NOT NULL,
  text TEXT NOT NULL,
  words INTEGER NOT NULL
);
CREATE INDEX chunk_version ON chunk (version, id);
CREATE VIRTUAL TABLE chunk_index USING fts5 (
  title, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE crawl (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  step TEXT NOT NULL,
  owner TEXT,
  claim TEXT NOT NULL,
  stage TEXT NOT NULL,
  mode TEXT,
  site TEXT,
  percentage INTEGER NOT NULL,
  beyond INTEGER NOT NULL DEFAULT 0,
  version INTEGER,
  result TEXT,
  updated_at TEXT NOT NULL,
  UNIQUE (run, step)
);
CREATE TABLE crawl_page (
  crawl INTEGER NOT NULL,
  n INTEGER NOT NULL,
  url TEXT NOT NULL,
  depth INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  title TEXT,
  text TEXT,
  PRIMARY KEY (crawl, n),
  UNIQUE (crawl, url)
);
CREATE TABLE crawl_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  crawl INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX crawl_event_crawl ON crawl_event (crawl, id);

-- Counts what a list of sources would show differently.
CREATE TABLE change (only INTEGER PRIMARY KEY CHECK (only = 1), n INTEGER NOT NULL);
INSERT INTO change VALUES (1, 0);
`;

export const knowledgeSchema: Schema = { version: 1, sql };
