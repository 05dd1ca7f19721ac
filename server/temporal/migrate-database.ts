/**
 * Brings an SQLite file of an older Temporal server to the schema of this one. The server itself does not: its set-up ends
 * at the first table that is there, and it checks no version. database-schema.json is what the server of this version makes of
 * an empty file; whatever of it a file lacks, or has otherwise, is made anew with its rows.
 */
import { readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { serverVersion } from './version.ts';

export interface SchemaObject {
  type: string;
  name: string;
  /** The table that an index or a trigger belongs to. */
  table: string;
  /** Normalized. */
  sql: string;
}

/** In the order in which the server makes them: tables, then what is on them. */
export function databaseSchema(): SchemaObject[] {
  return JSON.parse(readFileSync(new URL('./database-schema.json', import.meta.url), 'utf8')) as SchemaObject[];
}

/** The table of what lists read; its indexes, triggers and full-text tables have names that begin so, or belong to it. */
export const visibilityTable = 'executions_visibility';

/** Without visibility, which has a file of its own. */
export function historySchema(): SchemaObject[] {
  return databaseSchema().filter(({ table }) => !table.startsWith(visibilityTable));
}

/**
 * As the server makes it, but for the indexes of columns that may be empty: they hold only the rows in which those are not. A
 * run has some ten of these 49 columns; the server's indexes are written for all, with every change of a row. That of the division
 * stays: each list is of those that have none, and is paged through by it.
 */
export function visibilitySchema(): SchemaObject[] {
  const schema = databaseSchema();
  const table = schema.find(({ name }) => name === visibilityTable)?.sql ?? '';
  return schema.map((object) => {
    const [, column] = (object.type === 'index' && /\(namespace_id, (\w+)/.exec(object.sql)) || [];
    const isAlwaysThere =
      column === undefined ||
      column === 'TemporalNamespaceDivision' ||
      new RegExp(`\\b${column} [^,]*NOT NULL`).test(table);
    return isAlwaysThere ? object : { ...object, sql: `${object.sql} WHERE ${column} IS NOT NULL` };
  });
}

/** What a file has, without what SQLite makes itself. */
export function schemaOf(database: DatabaseSync): SchemaObject[] {
  const rows = database
    .prepare('SELECT type, name, tbl_name AS "table", sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid')
    .all() as unknown as SchemaObject[];
  const virtual = rows.filter(({ sql }) => isVirtual(sql)).map(({ name }) => `${name}_`);
  return rows
    .filter(({ name }) => !name.startsWith('sqlite_') && !virtual.some((prefix) => name.startsWith(prefix)))
    .map(({ type, name, table, sql }) => ({ type, name, table, sql: normalized(sql) }));
}

/** What was made anew. Throws, and changes nothing, where a newer server has written it. */
export function migrateFile(database: DatabaseSync, file: string, wanted: readonly SchemaObject[]): string[] {
  try {
    return migrateDatabase(database, wanted);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${file} cannot be brought to the schema of Temporal server ${serverVersion}: ${why}. Nothing was changed; ` +
        'start the version of Baton that wrote it, or restore a backup.',
      { cause: error },
    );
  }
}

/**
 * In one transaction. The names of what was made anew; none where the schemas are the same. Throws, and changes nothing, where
 * the file is from a newer server: it would lose what that has added.
 */
export function migrateDatabase(database: DatabaseSync, wanted: readonly SchemaObject[] = databaseSchema()): string[] {
  const missing = differences(schemaOf(database), wanted);
  if (missing.length === 0) return [];
  database.exec('PRAGMA legacy_alter_table = ON; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE');
  try {
    const tables = missing.filter(({ type, sql }) => type === 'table' && !isVirtual(sql));
    const rebuilt = new Set(tables.map(({ name }) => name));
    const dependent = (object: SchemaObject) => object.type !== 'table' && rebuilt.has(object.table);
    for (const object of schemaOf(database)) {
      const isStale = missing.some(({ name }) => name === object.name) && !rebuilt.has(object.name);
      if (dependent(object) || isStale) database.exec(`DROP ${object.type.toUpperCase()} ${quoted(object.name)}`);
    }
    for (const table of tables) rebuild(database, table);
    const others = differences(schemaOf(database), wanted);
    for (const { sql, name } of others) {
      database.exec(sql);
      // An index over the rows of a table, which are there already.
      if (isVirtual(sql)) database.exec(`INSERT INTO ${quoted(name)}(${quoted(name)}) VALUES ('rebuild')`);
    }
    database.exec('COMMIT');
    return [...new Set([...missing, ...others].map(({ name }) => name))];
  } catch (error) {
    // A full disk has rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  } finally {
    database.exec('PRAGMA legacy_alter_table = OFF');
  }
}

function differences(found: readonly SchemaObject[], wanted: readonly SchemaObject[]): SchemaObject[] {
  const byName = new Map(found.map((object) => [object.name, object.sql]));
  return wanted.filter(({ name, sql }) => byName.get(name) !== sql);
}

/** A table of that name is kept with its rows and their row ids, by which a full-text index knows them. */
function rebuild(database: DatabaseSync, { name, sql }: SchemaObject): void {
  const before = columnsOf(database, name);
  const old = `${name}_before`;
  if (before.length > 0) database.exec(`ALTER TABLE ${quoted(name)} RENAME TO ${quoted(old)}`);
  database.exec(sql);
  if (before.length === 0) return;
  const after = columnsOf(database, name);
  const lost = before.filter((column) => !after.some((each) => each.name === column.name));
  if (lost.length > 0) {
    const names = lost.map((column) => column.name).join(', ');
    throw new Error(`its table ${name} has ${names}, which this version of the server does not know`);
  }
  const columns = ['rowid', ...storedColumns(database, old)].join(', ');
  database.exec(`INSERT INTO ${quoted(name)} (${columns}) SELECT ${columns} FROM ${quoted(old)}`);
  database.exec(`DROP TABLE ${quoted(old)}`);
}

/** Quoted; without those that SQLite makes of others. */
export function storedColumns(database: DatabaseSync, table: string): string[] {
  return columnsOf(database, table)
    .filter(({ isGenerated }) => !isGenerated)
    .map(({ name }) => quoted(name));
}

function columnsOf(database: DatabaseSync, table: string): { name: string; isGenerated: boolean }[] {
  const rows = database.prepare(`PRAGMA table_xinfo(${quoted(table)})`).all();
  return rows.map(({ name, hidden }) => ({ name: String(name), isGenerated: hidden === 2 || hidden === 3 }));
}

function isVirtual(sql: string): boolean {
  return /^CREATE VIRTUAL TABLE/i.test(sql);
}

/** Without comments, and with one blank where there are many. */
function normalized(sql: string): string {
  return sql
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
