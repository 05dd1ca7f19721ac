/** Copies a data folder while Baton runs on it. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lacksVisibility } from '../temporal/visibility-file.ts';
import { BackupError } from './backup-error.ts';
import { copyDatabases } from './copy-databases.ts';
import { copyFile } from './copy-file.ts';
import { dataFiles, historyFile, visibilityFile } from './data-folder.ts';
import { inParallel } from './in-parallel.ts';
import { manifestName, readManifest, writeManifest, type Manifest } from './manifest.ts';

/**
 * Every run that was acknowledged before it began is in it. Folder `to` must be empty, or not there yet; what was written
 * is removed again where it fails. Errors: `BackupError`.
 */
export async function backUp(dataDir: string, to: string): Promise<Manifest> {
  if (`${resolve(to)}${sep}`.startsWith(`${resolve(dataDir)}${sep}`))
    throw new BackupError(`${to} lies in the data folder itself: choose another place`);
  await requireEmpty(to);
  await mkdir(to, { recursive: true });
  try {
    const text = await copyAll(dataDir, to);
    // All that it names is on the disk.
    await writeFile(join(to, manifestName), text, { flag: 'wx', flush: true });
    return readManifest(text, to);
  } catch (error) {
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
    throw error;
  }
}

async function copyAll(dataDir: string, to: string): Promise<string> {
  const begunAt = new Date().toISOString();
  const { runs, databases } = await dataFiles(dataDir).catch((error: unknown) => {
    throw new BackupError(`there is no data folder ${dataDir}`, { cause: error });
  });
  if (runs.length === 0)
    throw new BackupError(
      `${dataDir} has no ${historyFile}: with TEMPORAL_ADDRESS runs are in that server's database, which has its own backup`,
    );
  const entries = await copyDatabases(dataDir, to, runs);
  if (!runs.includes(visibilityFile)) requireOwnVisibility(dataDir, join(to, historyFile));
  for (const path of databases) entries.push(...(await copyDatabases(dataDir, to, [path])));
  // Listed only now: what the databases refer to is there.
  const { files } = await dataFiles(dataDir);
  await inParallel(files, async (path) => {
    const copied = await copyFile(join(dataDir, path), join(to, path)).catch(async (error: NodeJS.ErrnoException) => {
      // Deleted for good since it was listed.
      if (error.code !== 'ENOENT') throw error;
      await rm(join(to, path), { force: true });
      return null;
    });
    if (copied) entries.push({ path, ...copied });
  });
  return writeManifest({ begunAt, endedAt: new Date().toISOString(), files: entries });
}

/** As an older Baton keeps it, or a first start that is under way. */
function requireOwnVisibility(dataDir: string, history: string): void {
  const database = new DatabaseSync(history, { readOnly: true });
  try {
    if (lacksVisibility(database))
      throw new BackupError(
        `${dataDir} has no ${visibilityFile}, without which no list shows what is in ${historyFile}`,
      );
  } finally {
    database.close();
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new BackupError(`${folder} is no folder that can be written to: ${error.message}`, { cause: error });
  });
  if (names.length > 0) throw new BackupError(`${folder} is not empty: give each backup a folder of its own`);
}
