import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { historySchema } from './migrate-database.ts';
import { prepareHistoryFile } from './history-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-history-'));
  file = join(folder, 'history.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(...statements: string[]): void {
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true });
  database.exec('PRAGMA journal_mode = WAL');
  for (const statement of statements) database.exec(statement);
  database.close();
}

const schema = historySchema().map(({ sql }) => sql);
const [namespaces = ''] = schema;
const namespace = (name: string) =>
  `INSERT INTO namespaces (id, name, data, data_encoding, is_global, notification_version, partition_id)
    VALUES (x'${Buffer.from(name).toString('hex')}', '${name}', x'', '', 0, 1, 1)`;
const system = namespace('temporal-system');

test('a file with a namespace of ours is kept', async () => {
  make(...schema, system, namespace('default'));
  expect(await prepareHistoryFile(file)).toEqual([]);
  const database = new DatabaseSync(file);
  expect(database.prepare('SELECT count(*) AS n FROM namespaces').get()?.['n']).toBe(2);
  database.close();
});

test('what a first start that was cut off has left is removed', async () => {
  make('CREATE TABLE shards (id INTEGER)');
  await prepareHistoryFile(file);
  expect(existsSync(file)).toBe(false);
  make(namespaces, system);
  await prepareHistoryFile(file);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, '');
  await prepareHistoryFile(file);
  expect(existsSync(file)).toBe(false);
});

test('one of an older server is migrated', async () => {
  make(...schema.filter((sql) => !sql.includes('current_chasm_executions')), system, namespace('default'));
  expect(await prepareHistoryFile(file)).toEqual(['current_chasm_executions']);
  expect(await prepareHistoryFile(file)).toEqual([]);
});

test('no file is fine', async () => {
  await prepareHistoryFile(file);
  expect(existsSync(file)).toBe(false);
});

test('a file that somebody has open is refused, and not touched', async () => {
  make(namespaces);
  const other = new DatabaseSync(file);
  other.prepare('SELECT * FROM namespaces').all();
  await expect(prepareHistoryFile(file)).rejects.toThrow(`${file} is open in another process`);
  other.close();
  expect(existsSync(file)).toBe(true);
});
