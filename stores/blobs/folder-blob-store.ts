/**
 * Blobs in a folder: `<root>/<run's folder>/<ref>`. A file is a header of fixed length with the media type, then the
 * bytes, so that one rename makes both durable and a range is read without reading what lies before it.
 * With a key, that file is sealed as a whole (see encryption/sealed-file.ts); plain ones beside it are read as they are.
 * A ref is the SHA-256 of the bytes, a hyphen, and the beginning of the SHA-256 of the media type.
 */
import { createHash, webcrypto } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '../../protocol/errors.ts';
import { blobTypeCharacters, payloadBytesMax } from '../../protocol/limits.ts';
import type { BlobRef } from '../../protocol/schemas/event.ts';
import { KeyRing } from '../encryption/key-ring.ts';
import { openSealedFile, sealedFileBytes, sealFile, type OpenedFile } from '../encryption/sealed-file.ts';
import type { BlobStore } from './blob-store.ts';
import { makeDurableFolder, writeDurableFile } from './durable-file.ts';
import { folderName } from './folder-name.ts';

const headerBytes = 256;
const refPattern = /^[0-9a-f]{64}-[0-9a-f]{8}$/;

export function blobFolder(root: string, run: string): string {
  return join(root, folderName(run));
}

export function folderBlobStore(root: string, keys: KeyRing = new KeyRing()): BlobStore {
  const folderOf = (run: string) => blobFolder(root, run);
  const withBlob = <T>(run: string, ref: string, use: (file: OpenedFile, blob: BlobRef) => Promise<T>) =>
    useBlob(folderOf(run), { run, ref, keys }, use);
  const list = (run: string) => refsIn(folderOf(run));
  return {
    async put(run, bytes, type) {
      if (bytes.byteLength > payloadBytesMax)
        throw new BatonError(
          'body_too_large',
          `a blob of ${bytes.byteLength} bytes; at most ${payloadBytesMax} are taken`,
        );
      const blob = { ref: await refOf(bytes, type), bytes: bytes.byteLength, type };
      const folder = folderOf(run);
      await makeDurableFolder(folder);
      const header = encodeHeader(type);
      const { first } = keys;
      const plainBytes = headerBytes + blob.bytes;
      if (await isWhole(join(folder, blob.ref), first ? sealedFileBytes(plainBytes) : plainBytes)) return blob;
      const parts = first ? [sealFile(first, blob.ref, Buffer.concat([header, bytes]))] : [header, bytes];
      await writeDurableFile(folder, blob.ref, parts);
      return blob;
    },
    get: (run, ref, range) =>
      withBlob(run, ref, async (file, blob) => {
        const { from, to } = range ?? { from: 0, to: blob.bytes };
        if (!(from >= 0 && from <= to && to <= blob.bytes))
          throw new BatonError('range_not_satisfiable', `${from}–${to} lies outside the ${blob.bytes} bytes of ${ref}`);
        const { buffer, byteOffset, byteLength } = await file.read(headerBytes + from, to - from);
        return new Uint8Array(buffer, byteOffset, byteLength);
      }),
    stat: (run, ref) => withBlob(run, ref, async (_, blob) => blob),
    async delete(run, ref) {
      if (refPattern.test(ref)) await rm(join(folderOf(run), ref), { force: true });
    },
    list,
    async deleteAll(run) {
      const refs = await list(run);
      await rm(folderOf(run), { recursive: true, force: true });
      return refs.length;
    },
  };
}

async function refsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.filter((name) => refPattern.test(name)).toSorted();
}

async function useBlob<T>(
  folder: string,
  { run, ref, keys }: { run: string; ref: string; keys: KeyRing },
  use: (file: OpenedFile, blob: BlobRef) => Promise<T>,
): Promise<T> {
  const missing = () => new BatonError('blob_not_found', `run ${run} has no blob ${ref.slice(0, 80)}`, { run });
  if (!refPattern.test(ref)) throw missing();
  const file = await open(join(folder, ref), 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? missing() : error;
  });
  try {
    const opened = await openSealedFile(file, ref, keys);
    const type = decodeHeader(await opened.read(0, headerBytes));
    return await use(opened, { ref, bytes: opened.bytes - headerBytes, type });
  } finally {
    await file.close();
  }
}

/** Off the main thread: 50 MiB take tens of milliseconds. */
async function refOf(bytes: Uint8Array, type: string): Promise<string> {
  const digest = await webcrypto.subtle.digest('SHA-256', bytes);
  const typeDigest = createHash('sha256').update(type).digest('hex');
  return `${Buffer.from(digest).toString('hex')}-${typeDigest.slice(0, 8)}`;
}

/** The name says what is inside, and a rename is atomic: a file of the right length is the blob. */
async function isWhole(path: string, fileBytes: number): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size === fileBytes;
}

function encodeHeader(type: string): Uint8Array {
  if (type.length > blobTypeCharacters || !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(type))
    throw new BatonError('invalid_request', `a media type is at most ${blobTypeCharacters} printable characters`);
  return Buffer.from(type.padEnd(headerBytes - 1) + '\n', 'latin1');
}

function decodeHeader(header: Uint8Array): string {
  return Buffer.from(header).toString('latin1').trimEnd();
}
