/** Makes a data folder from a backup. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeHolder, tryLock, type Lock } from '../lock/exclusive-lock.ts';
import { BackupError } from './backup-error.ts';
import { checkDatabase } from './copy-databases.ts';
import { copyFile, fingerprint } from './copy-file.ts';
import { unfinishedMark } from './data-folder.ts';
import { inParallel } from './in-parallel.ts';
import { manifestName, readManifest, type BackupEntry, type Manifest } from './manifest.ts';

/** Throws a `BackupError` that names the first file that is not as it was written. */
export async function verifyBackup(from: string): Promise<Manifest> {
  const text = await readFile(join(from, manifestName), 'utf8').catch((error: unknown) => {
    throw new BackupError(`${from} is no backup, or one that was not finished: it has no ${manifestName}`, {
      cause: error,
    });
  });
  const manifest = readManifest(text, from);
  await inParallel(manifest.files, async (entry) => {
    const found = await fingerprint(join(from, entry.path)).catch((error: NodeJS.ErrnoException) => {
      throw new BackupError(`${entry.path} of ${from} cannot be read: ${error.message}`, { cause: error });
    });
    requireSame(entry, found, from);
  });
  for (const { path } of manifest.files)
    if (path.endsWith('.sqlite')) checkDatabase(join(from, path), { leaveWal: false });
  return manifest;
}

/** `dataDir` must be empty, or not there yet. Nothing is written before the whole backup was verified. */
export async function restore(from: string, dataDir: string): Promise<Manifest> {
  const manifest = await verifyBackup(from);
  await requireFree(dataDir);
  await mkdir(dataDir, { recursive: true });
  const lock = hold(dataDir);
  try {
    const mark = join(dataDir, unfinishedMark);
    await writeFile(mark, 'A restore was begun and has not ended. Empty this folder, and restore again.\n');
    await inParallel(manifest.files, async (entry) => {
      requireSame(entry, await copyFile(join(from, entry.path), join(dataDir, entry.path)), from);
    });
    await rm(mark);
    return manifest;
  } finally {
    lock[Symbol.dispose]();
  }
}

function requireSame(entry: BackupEntry, found: Pick<BackupEntry, 'bytes' | 'sha256'>, from: string): void {
  if (found.bytes === entry.bytes && found.sha256 === entry.sha256) return;
  throw new BackupError(`${entry.path} of ${from} is not what was backed up: it is damaged, or was altered`);
}

async function requireFree(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new BackupError(`${dataDir} is no folder that can be written to: ${error.message}`, { cause: error });
  });
  if (names.includes('lock')) hold(dataDir)[Symbol.dispose]();
  if (names.some((name) => name !== 'lock' && name !== 'lock.json'))
    throw new BackupError(`${dataDir} is not empty: restore into another folder, or move this one away`);
}

function hold(dataDir: string): Lock {
  const attempt = tryLock(join(dataDir, 'lock'), { pid: process.pid, since: new Date().toISOString() });
  if ('lock' in attempt) return attempt.lock;
  throw new BackupError(`the data folder ${dataDir} is in use by ${describeHolder(attempt.heldBy)}`);
}
