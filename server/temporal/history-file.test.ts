import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareHistoryFile } from './history-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-history-'));
  file = join(folder, 'history.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(...statements: string[]): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL');
  for (const statement of statements) database.exec(statement);
  database.close();
}

const namespaces = 'CREATE TABLE namespaces (name TEXT)';
const system = "INSERT INTO namespaces VALUES ('temporal-system')";

test('a file with a namespace of ours is kept', async () => {
  make(namespaces, system, "INSERT INTO namespaces VALUES ('default')");
  await prepareHistoryFile(file);
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
