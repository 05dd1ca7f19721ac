/** Copies SQLite files while others write to them. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { BackupError } from './backup-error.ts';
import { fingerprint } from './copy-file.ts';
import type { BackupEntry } from './manifest.ts';

/** All pages in one step: between two, a writer would make it begin again, under load for ever. Writers do not wait. */
const allPages = 2 ** 31 - 1;
const busyMs = 10_000;
/** A try takes less than a millisecond, and what is written is synced, which takes longer: one of a few is between two writes. */
const momentTries = 1_000;

/**
 * Files of the folder `from`, by their paths in it. The copies are of one moment, each is whole in one file, and they are on
 * the disk when this resolves.
 */
export async function copyDatabases(from: string, to: string, paths: readonly string[]): Promise<BackupEntry[]> {
  await copyMoment(from, to, paths);
  const entries: BackupEntry[] = [];
  for (const path of paths) entries.push({ path, ...(await finish(join(to, path))) });
  return entries;
}

interface Source {
  path: string;
  database: DatabaseSync;
  /** Another connection, which sees whether somebody has written. */
  watch: DatabaseSync;
}

/** Until it is copied, what is written to a file since that moment stays in its write-ahead log. */
async function copyMoment(from: string, to: string, paths: readonly string[]): Promise<void> {
  const opened: DatabaseSync[] = [];
  const openToRead = (path: string) => {
    const database = new DatabaseSync(join(from, path), { readOnly: true, timeout: busyMs });
    opened.push(database);
    return database;
  };
  try {
    const sources = paths.map((path): Source => ({ path, database: openToRead(path), watch: openToRead(path) }));
    holdMoment(sources);
    for (const { path, database } of sources) {
      await mkdir(dirname(join(to, path)), { recursive: true });
      await backup(database, join(to, path), { rate: allPages });
    }
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${paths.join(' and ')} of ${from} cannot be copied: ${String(error)}`, { cause: error });
  } finally {
    for (const database of opened) database.close();
  }
}

/** Leaves each source in a transaction that reads what its file was at one moment, the same for all. */
function holdMoment(sources: readonly Source[]): void {
  const versions = () =>
    sources.map(({ watch }) => watch.prepare('PRAGMA data_version').get()?.['data_version']).join();
  for (let tries = 0; tries < momentTries; tries++) {
    const before = versions();
    for (const { database } of sources) {
      database.exec('BEGIN');
      database.prepare('SELECT 1 FROM sqlite_master').get();
    }
    if (versions() === before) return;
    for (const { database } of sources) database.exec('ROLLBACK');
  }
  const files = sources.map(({ path }) => path).join(' and ');
  throw new BackupError(`${files} are written to without a pause: try again when less is under way`);
}

async function finish(copy: string): Promise<Omit<BackupEntry, 'path'>> {
  checkDatabase(copy, { leaveWal: true });
  const file = await open(copy, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return await fingerprint(copy);
}

/** Throws a `BackupError` where SQLite finds a fault in it. */
export function checkDatabase(file: string, { leaveWal }: { leaveWal: boolean }): void {
  const database = new DatabaseSync(file, { readOnly: !leaveWal });
  try {
    if (leaveWal) database.exec('PRAGMA journal_mode = DELETE');
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (found !== 'ok') throw new BackupError(`${file} is damaged: ${String(found)}`);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${file} is no whole database: ${String(error)}`, { cause: error });
  } finally {
    database.close();
  }
}
