/** Copies an SQLite file while others write to it. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { BackupError } from './backup-error.ts';
import { fingerprint } from './copy-file.ts';
import type { BackupEntry } from './manifest.ts';

/** All pages in one step: between two, a writer would make it begin again, under load for ever. Writers do not wait. */
const allPages = 2 ** 31 - 1;
const busyMs = 10_000;

/** The copy is of one moment, whole in one file, and on the disk when this resolves. */
export async function copyDatabase(from: string, to: string): Promise<Pick<BackupEntry, 'bytes' | 'sha256'>> {
  await mkdir(dirname(to), { recursive: true });
  const source = new DatabaseSync(from, { readOnly: true, timeout: busyMs });
  try {
    await backup(source, to, { rate: allPages });
  } finally {
    source.close();
  }
  checkDatabase(to, { leaveWal: true });
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return await fingerprint(to);
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
