import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeDurableFolder, writeDurableFile } from '../blobs/durable-file.ts';
import type { ObjectStore } from './object-store.ts';

export function folderObjects(path: string): ObjectStore {
  const root = resolve(path);
  const fileOf = (key: string) => join(root, ...key.split('/'));
  return {
    async put(key, bytes) {
      const file = fileOf(key);
      await makeDurableFolder(dirname(file));
      await writeDurableFile(dirname(file), basename(file), [bytes]);
    },
    get: (key) => unlessMissing(readFile(fileOf(key)), null),
    async list(prefix, { after = '', limit }) {
      const entries = await unlessMissing(readdir(fileOf(prefix), { withFileTypes: true, recursive: true }), []);
      const folder = fileOf(prefix);
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => prefix + relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .filter((key) => key > after)
        .toSorted()
        .slice(0, limit);
    },
    async remove(key) {
      const file = fileOf(key);
      await rm(file, { force: true });
      // A folder is called after what was in it. Those below the root stay: others are about to write there.
      for (let folder = dirname(file); folder !== root && dirname(folder) !== root; folder = dirname(folder))
        if (!(await removeIfEmpty(folder))) return;
    },
  };
}

/** Unfinished writes, of processes that died, count for nothing. */
async function removeIfEmpty(folder: string): Promise<boolean> {
  const names = await unlessMissing(readdir(folder), []);
  if (names.some((name) => !name.startsWith('.'))) return false;
  await rm(folder, { recursive: true, force: true });
  return true;
}

async function unlessMissing<T, U>(reading: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw error;
  }
}
