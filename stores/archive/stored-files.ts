/** What the data folder keeps of a run outside its history, file by file, as it is. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName } from '../blobs/folder-name.ts';
import type { StoredKind } from './run-archive.ts';

const namePatterns: Readonly<Record<StoredKind, RegExp>> = {
  blobs: /^[0-9a-f]{64}-[0-9a-f]{8}$/,
  payloads: /^[0-9a-f]{64}$/,
};

export class StoredFiles {
  private readonly dataDir: string;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  async names(run: string, kind: StoredKind): Promise<string[]> {
    try {
      const names = await readdir(join(this.dataDir, kind, folderName(run)));
      return names.filter((name) => namePatterns[kind].test(name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // What stands where a folder should be holds nothing of the run.
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw error;
    }
  }

  read(run: string, kind: StoredKind, name: string): Promise<Uint8Array> {
    return readFile(join(this.dataDir, kind, folderName(run), name));
  }
}
