import { join } from 'node:path';
import { archivedBlobs } from '../stores/archive/archived-blobs.ts';
import { folderObjects } from '../stores/archive/folder-objects.ts';
import { RunArchive } from '../stores/archive/run-archive.ts';
import { s3Objects } from '../stores/archive/s3-objects.ts';
import { s3PlaceOf } from '../stores/archive/s3-place.ts';
import type { BlobStore } from '../stores/blobs/blob-store.ts';
import { folderBlobStore } from '../stores/blobs/folder-blob-store.ts';
import type { Config } from './config.ts';
import { keyRingOf } from './key-ring-of.ts';

/** null where none is configured. One for each configuration: it remembers what it has read. */
export function openArchive(config: ArchiveSettings): RunArchive | null {
  const known = archives.get(config);
  if (known !== undefined) return known;
  const archive = create(config);
  archives.set(config, archive);
  return archive;
}

const archives = new WeakMap<ArchiveSettings, RunArchive | null>();

export type ArchiveSettings = Partial<
  Pick<Config, 'BATON_ARCHIVE_DIR' | 'BATON_ARCHIVE_S3' | 'BATON_ARCHIVE_S3_ENDPOINT' | 'environment'>
>;

function create({
  BATON_ARCHIVE_DIR: folder,
  BATON_ARCHIVE_S3: address,
  BATON_ARCHIVE_S3_ENDPOINT: endpoint,
  environment = {},
}: ArchiveSettings): RunArchive | null {
  if (folder !== undefined) return new RunArchive(folderObjects(folder));
  if (address === undefined) return null;
  return new RunArchive(
    s3Objects(s3PlaceOf(address, { environment, ...(endpoint === undefined ? {} : { endpoint }) })),
  );
}

/** The blobs of the data folder, and behind them those of the archive. */
export function openBlobs(config: Config): BlobStore {
  const root = join(config.dataDir, 'blobs');
  const store = folderBlobStore(root, keyRingOf(config));
  const archive = openArchive(config);
  return archive === null ? store : archivedBlobs(store, archive, root);
}
