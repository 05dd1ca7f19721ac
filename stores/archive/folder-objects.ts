import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { makeDurableFolder, writeDurableFile } from '../blobs/durable-file.ts';
import type { ObjectStore } from './object-store.ts';

export function folderObjects(root: string): ObjectStore {
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
    remove: async (key) => await rm(fileOf(key), { force: true }),
  };
}

async function unlessMissing<T, U>(reading: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw error;
  }
}
