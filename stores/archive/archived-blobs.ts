/** A blob store that brings back from the archive what is not on the disk any more. */
import { BatonError } from '../../protocol/errors.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { makeDurableFolder, writeDurableFile } from '../blobs/durable-file.ts';
import { blobFolder } from '../blobs/folder-blob-store.ts';
import type { RunArchive } from './run-archive.ts';

/** `root` of the folder that `store` reads. */
export function archivedBlobs(store: BlobStore, archive: RunArchive, root: string): BlobStore {
  const bringBack = async <T>(run: string, ref: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof BatonError) || error.code !== 'blob_not_found') throw error;
      const bytes = await archive.blob(run, ref);
      if (bytes === null) throw error;
      const folder = blobFolder(root, run);
      await makeDurableFolder(folder);
      await writeDurableFile(folder, ref, [bytes]);
      return await read();
    }
  };
  return {
    ...store,
    get: (run, ref, range) => bringBack(run, ref, () => store.get(run, ref, range)),
    stat: (run, ref) => bringBack(run, ref, () => store.stat(run, ref)),
    list: async (run) => {
      const archived = Object.keys((await archive.find(run))?.blobs ?? {});
      return [...new Set([...(await store.list(run)), ...archived])].toSorted();
    },
    deleteAll: (run) => store.deleteAll(run),
  };
}
