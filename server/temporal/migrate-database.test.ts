import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { databaseSchema, migrateDatabase, schemaOf, type SchemaObject } from './migrate-database.ts';

const older = JSON.parse(
  readFileSync(new URL('./fixtures/database-schema-1.29.1.json', import.meta.url), 'utf8'),
) as SchemaObject[];

function fileOf(schema: readonly SchemaObject[]): DatabaseSync {
  const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
  for (const { sql } of schema) database.exec(sql);
  return database;
}

function addRun(database: DatabaseSync, id: string, attributes: object): void {
  database
    .prepare(
      `INSERT INTO executions_visibility
        (namespace_id, run_id, start_time, execution_time, workflow_id, workflow_type_name, status, memo, encoding,
         task_queue, search_attributes)
        VALUES ('n', ?, '2026-01-01', '2026-01-01', ?, 'crawl', 1, x'01', 'json', 'baton', ?)`,
    )
    .run(`${id}-1`, id, JSON.stringify(attributes));
}

const found = (database: DatabaseSync, table: string, word: string) =>
  database
    .prepare(
      `SELECT workflow_id AS id FROM executions_visibility WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${table} MATCH ?)`,
    )
    .all(word)
    .map(({ id }) => id);

test('the file of an older server gets the schema of this one, and keeps its rows and what finds them', () => {
  const database = fileOf(older);
  database.exec(
    "INSERT INTO namespaces (partition_id, id, name, notification_version, data, data_encoding, is_global) VALUES (1, x'02', 'default', 1, x'03', 'p', 0)",
  );
  for (const n of [1, 2, 3])
    addRun(database, `run-${n}`, { Keyword01: 'completed', KeywordList01: `agent${n}♡crawler` });
  database.exec("DELETE FROM executions_visibility WHERE workflow_id = 'run-2'");
  const before = database.prepare('SELECT rowid, * FROM executions_visibility ORDER BY rowid').all();

  expect(migrateDatabase(database)).toEqual(
    expect.arrayContaining(['executions_visibility', 'current_chasm_executions', 'by_temporal_int_01']),
  );
  expect(new Map(schemaOf(database).map((object) => [object.name, object]))).toEqual(
    new Map(databaseSchema().map((object) => [object.name, object])),
  );
  const after = database.prepare('SELECT rowid, * FROM executions_visibility ORDER BY rowid').all();
  expect(after).toMatchObject(before);
  expect(database.prepare('SELECT name FROM namespaces').all()).toMatchObject([{ name: 'default' }]);
  expect(found(database, 'executions_visibility_fts_keyword_list', 'agent3')).toEqual(['run-3']);
  addRun(database, 'run-4', { KeywordList01: 'agent3♡x', TemporalReportedProblems: 'category=x' });
  expect(found(database, 'executions_visibility_fts_keyword_list', 'agent3')).toEqual(['run-3', 'run-4']);
  database.exec("DELETE FROM executions_visibility WHERE workflow_id = 'run-3'");
  expect(found(database, 'executions_visibility_fts_keyword_list', 'agent3')).toEqual(['run-4']);
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
});

test('a file that has it all is left alone', () => {
  const database = fileOf(databaseSchema());
  expect(migrateDatabase(database)).toEqual([]);
});

test('a file of a newer server is refused, and stays as it was', () => {
  const newer = databaseSchema().map((object) =>
    object.name === 'shards' ? { ...object, sql: object.sql.replace('range_id', 'invented INT, range_id') } : object,
  );
  const database = fileOf(newer.filter(({ name }) => name !== 'queues'));
  const before = schemaOf(database);
  expect(() => migrateDatabase(database)).toThrow('its table shards has invented');
  expect(schemaOf(database)).toEqual(before);
});
