import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseSchema, historySchema, migrateDatabase, schemaOf, visibilitySchema } from './migrate-database.ts';
import { lacksVisibility, prepareVisibilityFile, systemNamespace } from './visibility-file.ts';

let folder: string;
let file: string;
let historyFile: string;
beforeEach(() => {
  // Characters that SQL or a URI could take for something else.
  folder = mkdtempSync(join(tmpdir(), "baton visibility' ?%41 "));
  file = join(folder, 'visibility.sqlite');
  historyFile = join(folder, 'history.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const schema = databaseSchema();

function on<T>(path: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { enableDoubleQuotedStringLiterals: true });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

function makeHistory(...runs: string[]): void {
  on(historyFile, (database) => {
    database.exec('PRAGMA journal_mode = WAL');
    for (const { sql } of schema) database.exec(sql);
    database.exec(
      `INSERT INTO namespaces (partition_id, id, name, notification_version, data, data_encoding, is_global)
        VALUES (1, x'01', 'temporal-system', 1, x'', 'p', 0), (1, x'${hex(namespace)}', 'default', 1, x'', 'p', 0)`,
    );
  });
  for (const run of runs) addExecution(run);
}

const namespace = '0197a4a4-0000-7000-8000-000000000002';
const hex = (id: string) => id.replaceAll('-', '');
/** The one execution of a run `r-N`. */
const executionOf = (run: string) => `0197a4a4-0000-7000-8000-${run.slice(2).padStart(12, '0')}`;

function addExecution(run: string): void {
  on(historyFile, (database) =>
    database.exec(
      `INSERT INTO executions (shard_id, namespace_id, workflow_id, run_id, next_event_id, last_write_version, data, data_encoding,
        state, state_encoding, db_record_version)
        VALUES (1, x'${hex(namespace)}', '${run}', x'${hex(executionOf(run))}', 1, 1, x'', '', x'', '', 1)`,
    ),
  );
}

function show(path: string, run: string, version: number, status: string, inNamespace = namespace): void {
  on(path, (database) =>
    database
      .prepare(
        `INSERT INTO executions_visibility (namespace_id, run_id, _version, start_time, execution_time, workflow_id,
          workflow_type_name, status, memo, encoding, task_queue, search_attributes)
          VALUES (?, ?, ?, '2026-01-01', '2026-01-01', ?, 'crawl', 1, x'01', 'json', 'baton', ?)`,
      )

      .run(inNamespace, executionOf(run), version, run, JSON.stringify({ Keyword01: status, KeywordList01: status })),
  );
}

const rows = (path: string) =>
  on(path, (database) =>
    database.prepare('SELECT workflow_id AS run, Keyword01 AS status FROM executions_visibility ORDER BY 1').all(),
  );

const found = (path: string, status: string) =>
  on(path, (database) =>
    database
      .prepare(
        `SELECT workflow_id AS run FROM executions_visibility WHERE rowid IN
          (SELECT rowid FROM executions_visibility_fts_keyword_list WHERE executions_visibility_fts_keyword_list MATCH ?)`,
      )
      .all(status)
      .map(({ run }) => run),
  );

/** It makes what its server has in one file. */
const startOlder = () => on(historyFile, (database) => migrateDatabase(database, schema));

test('a first start gets an empty one with the whole schema; what one that was cut off has left goes', async () => {
  expect(await prepareVisibilityFile(file, historyFile)).toEqual([]);
  expect(on(file, schemaOf)).toEqual(visibilitySchema());
  show(file, 'r-1', 1, 'failed', systemNamespace);
  expect(await prepareVisibilityFile(file, historyFile)).toEqual([]);
  expect(rows(file)).toEqual([]);
  expect(existsSync(historyFile)).toBe(false);
});

test('what an older version has in the file of the history is moved, found by its words, and gone there', async () => {
  makeHistory('r-1', 'r-2');
  show(historyFile, 'r-1', 1, 'failed');
  show(historyFile, 'r-2', 1, 'completed');
  expect(await prepareVisibilityFile(file, historyFile)).toEqual(['2 rows of executions_visibility']);
  expect(rows(file)).toMatchObject([
    { run: 'r-1', status: 'failed' },
    { run: 'r-2', status: 'completed' },
  ]);
  expect(found(file, 'failed')).toEqual(['r-1']);
  expect(on(historyFile, schemaOf)).toEqual(historySchema());
  expect(await prepareVisibilityFile(file, historyFile)).toEqual([]);
  expect(rows(file)).toHaveLength(2);
  for (const path of [file, historyFile])
    expect(on(path, (database) => database.prepare('PRAGMA integrity_check').get())).toEqual({ integrity_check: 'ok' });
});

test('after an older version has run in between the later state of each stays, and what it has deleted is gone', async () => {
  makeHistory('r-1', 'r-2', 'r-3');
  writeFileSync(file, '');
  await prepareVisibilityFile(file, historyFile);
  show(file, 'r-1', 5, 'running');
  show(file, 'r-2', 5, 'completed');
  show(file, 'r-4', 5, 'deleted');
  startOlder();
  show(historyFile, 'r-1', 6, 'failed');
  show(historyFile, 'r-2', 4, 'running');
  show(historyFile, 'r-3', 1, 'running');
  await prepareVisibilityFile(file, historyFile);
  expect(rows(file).map(({ status }) => status)).toEqual(['failed', 'completed', 'running']);
  expect(found(file, 'running')).toEqual(['r-3']);
  expect(found(file, 'deleted')).toEqual([]);
});

test('one of an older server, or whose making was cut off, gets the schema of this one and keeps its rows', async () => {
  makeHistory('r-1');
  on(file, (database) => {
    for (const { sql, name } of visibilitySchema()) if (name !== 'by_temporal_int_01') database.exec(sql);
  });
  show(file, 'r-1', 1, 'failed');
  expect(await prepareVisibilityFile(file, historyFile)).toEqual(['by_temporal_int_01']);
  expect(rows(file)).toHaveLength(1);
});

test('one that was taken away from its history is missed, and nothing is made in its place', async () => {
  makeHistory('r-1', 'r-2');
  // It does not stand for the other.
  show(historyFile, 'r-1', 1, 'failed');
  for (const _ of [1, 2]) await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(`${file} is missing`);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, '');
  expect(await prepareVisibilityFile(file, historyFile)).toEqual(['1 rows of executions_visibility']);
});

test('what need not be in lists is not missed', async () => {
  makeHistory('r-1');
  on(historyFile, (database) =>
    database.exec(
      `INSERT INTO current_chasm_executions (shard_id, namespace_id, business_id, archetype_id, run_id, create_request_id, state, status,
        last_write_version, data)
        SELECT shard_id, namespace_id, workflow_id, 1, run_id, '', 1, 1, 0, x'' FROM executions`,
    ),
  );
  expect(await prepareVisibilityFile(file, historyFile)).toEqual([]);
});

test('a history of an older server, which has no table of CHASM, is asked as it is', () => {
  makeHistory('r-1');
  on(historyFile, (database) => database.exec('DROP TABLE current_chasm_executions'));
  expect(on(historyFile, lacksVisibility)).toBe(true);
  show(historyFile, 'r-1', 1, 'failed');
  expect(on(historyFile, lacksVisibility)).toBe(false);
});

test('indexes hold what is there, serve what is asked for, and are made anew in a file that has them in full', async () => {
  makeHistory('r-1');
  on(file, (database) => {
    for (const { sql } of schema) database.exec(sql);
  });
  show(file, 'r-1', 1, 'failed');
  const migrated = await prepareVisibilityFile(file, historyFile);
  expect(migrated).toHaveLength(49);
  expect(rows(file)).toHaveLength(1);
  const full = on(file, schemaOf).filter(({ type, sql }) => type === 'index' && !/ WHERE \w+ IS NOT NULL$/.test(sql));
  expect(full.map(({ name }) => name)).toEqual([
    'default_idx',
    'by_execution_time',
    'by_workflow_id',
    'by_workflow_type',
    'by_status',
    'by_task_queue',
    'by_root_workflow_id',
    'by_root_run_id',
    'by_temporal_namespace_division',
  ]);
  const plan = on(file, (database) =>
    database
      .prepare(
        "EXPLAIN QUERY PLAN SELECT run_id FROM executions_visibility WHERE namespace_id = 'n' AND Keyword01 = 'x'",
      )
      .all()
      .map(({ detail }) => String(detail)),
  );
  expect(plan.join()).toContain('by_keyword_01');
});

test('runs that an older version was about to show when it was killed are no reason to refuse', async () => {
  makeHistory('r-1');
  on(historyFile, (database) =>
    database.exec("INSERT INTO visibility_tasks (shard_id, task_id, data, data_encoding) VALUES (1, 1, x'', '')"),
  );
  expect(await prepareVisibilityFile(file, historyFile)).toEqual([]);
});

test('a history that was taken away from it is missed, and what lists its runs stays', async () => {
  makeHistory('r-1');
  show(historyFile, 'r-1', 1, 'failed');
  await prepareVisibilityFile(file, historyFile);
  rmSync(historyFile);
  await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(`${historyFile} is missing`);
  expect(rows(file)).toHaveLength(1);
});

test('what cannot be taken over stays where it was, in both files', async () => {
  makeHistory('r-1', 'r-2');
  show(historyFile, 'r-1', 1, 'failed');
  show(historyFile, 'r-2', 1, 'failed');
  on(historyFile, (database) => database.exec('ALTER TABLE executions_visibility ADD COLUMN invented INT'));
  await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(/lists could not be moved to .*invented/);
  expect(rows(historyFile)).toHaveLength(2);
  expect(rows(file)).toEqual([]);
});

test('one that somebody has open is refused, and so is a history; neither is touched', async () => {
  makeHistory('r-1');
  show(historyFile, 'r-1', 1, 'failed');
  const other = new DatabaseSync(historyFile);
  other.prepare('SELECT * FROM namespaces').all();
  await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(`${historyFile} is open in another process`);
  other.close();
  writeFileSync(file, '');
  const another = new DatabaseSync(file);
  another.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n)');
  await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(`${file} is open in another process`);
  another.close();
  expect(rows(historyFile)).toHaveLength(1);
});

test('a file that is none is said to be none', async () => {
  makeHistory('r-1');
  writeFileSync(file, 'no database '.repeat(1_000));
  await expect(prepareVisibilityFile(file, historyFile)).rejects.toThrow(/cannot be opened: .*not a database/);
});
