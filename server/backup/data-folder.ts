/** What of a data folder is worth keeping, and in which order it must be read while it is in use. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFiles } from '../temporal/database-files.ts';

/** Runs, for which everything else is kept; and what lists them, which an older Baton has in the file of the history. */
export const { history: historyFile, visibility: visibilityFile } = databaseFiles('temporal');

/** Lies in a data folder while it is being restored: no Baton starts on half of one. */
export const unfinishedMark = 'restore.unfinished';

/** Made anew at each start, or of no use elsewhere. */
const leftOut = [
  /^(lock|lock\.json|processes\.json|restore\.unfinished)$/,
  /^logs\//,
  /^gateways\//,
  // A log, and written to all the time.
  /^agent-logs\.sqlite$/,
  /^temporal\/(server|dynamic)\.yaml$/,
  /\.sqlite-(wal|shm|journal|mj[^/]*)$/,
  // Files that are being written have a name of their own until they are whole.
  /(^|\/)\.[^/]*$/,
];

export interface DataFiles {
  /** The history, and its visibility where it is a file of its own: of one moment. Empty where runs are elsewhere. */
  runs: string[];
  /**
   * Other SQLite files. They are read after the runs, and so are files: what runs refer to was durable before them. So it
   * is all there, and perhaps more, which repeated attempts write again.
   */
  databases: string[];
  /** Blobs, payloads and whatever else: written once, under a new name. */
  files: string[];
}

/** Paths relative to the folder, with slashes. Throws where there is no such folder. */
export async function dataFiles(dataDir: string): Promise<DataFiles> {
  const paths = (await filesIn(dataDir, '')).filter((path) => !leftOut.some((pattern) => pattern.test(path)));
  const runs = paths.includes(historyFile) ? [historyFile, visibilityFile].filter((path) => paths.includes(path)) : [];
  return {
    runs,
    databases: paths.filter((path) => path.endsWith('.sqlite') && !runs.includes(path)).toSorted(),
    files: paths.filter((path) => !path.endsWith('.sqlite')).toSorted(),
  };
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // Runs are deleted for good while this is read.
    if (error.code === 'ENOENT' && folder !== '') return [];
    throw error;
  });
  const pathOf = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => pathOf(name));
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    files.push(...(await filesIn(root, pathOf(name))));
  return files;
}
