/** One SQLite file that several processes have open at once: WAL, short write transactions, a bounded wait for others. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import { sqliteBusyMs } from '../../protocol/limits.ts';

export interface Database extends Sqlite.DatabaseSync {
  /** All or nothing, and alone among writers. `work` must not wait for anything. */
  write<T>(work: () => T): T;
  /** Everything that `work` reads is of one moment. */
  read<T>(work: () => T): T;
}

export interface Schema {
  version: number;
  sql: string;
  /** From a version to the next one; files of versions that are not named here are refused. */
  upgrades?: Readonly<Record<number, string>>;
}

/**
 * Creates file and tables where need be. Throws where the file has another version of the schema. `busyMs`: how long a
 * write waits for another process's.
 */
export function openDatabase(
  file: string,
  schema: Schema,
  { busyMs = sqliteBusyMs }: { busyMs?: number } = {},
): Database {
  mkdirSync(dirname(file), { recursive: true });
  const { DatabaseSync: Connection } = loadSqlite();
  const connection = new Connection(file, { timeout: busyMs });
  const transaction = <T>(begin: string, work: () => T): T => {
    connection.exec(begin);
    try {
      const value = work();
      connection.exec('COMMIT');
      return value;
    } catch (error) {
      connection.exec('ROLLBACK');
      throw error;
    }
  };
  const database = Object.assign(connection, {
    write: <T>(work: () => T) => transaction('BEGIN IMMEDIATE', work),
    read: <T>(work: () => T) => transaction('BEGIN', work),
  });
  try {
    // NORMAL loses nothing when a process dies; a power cut may take the last transactions, and the crawl repeats them.
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
    // What is deleted is written over: people may have asked for it.
    connection.exec('PRAGMA secure_delete = ON');
    applySchema(database, file, schema);
  } catch (error) {
    connection.close();
    throw error;
  }
  return database;
}

function applySchema(database: Database, file: string, schema: Schema): void {
  const version = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version() === schema.version) return;
  database.write(() => {
    const found = version();
    if (found === schema.version) return;
    if (found === 0) database.exec(schema.sql);
    else for (let from = found; from !== schema.version; from++) database.exec(upgradeFrom(from, file, schema));
    database.exec(`PRAGMA user_version = ${schema.version}`);
  });
}

function upgradeFrom(version: number, file: string, { upgrades, version: known }: Schema): string {
  const sql = upgrades?.[version];
  if (sql !== undefined) return sql;
  throw new Error(`${file} has schema ${version}, this version of Baton knows ${known}: it is from another version`);
}

/**
 * Loading the module prints one ExperimentalWarning. The module is the one that this Node was pinned with,
 * so the warning says nothing to a person; every other warning stays.
 */
function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).startsWith('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, undefined, [warning, ...rest]);
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
