/**
 * Large Temporal payloads in a folder: a driver for the SDK's ExternalStorage.
 * `<root>/<workflow's folder>/<SHA-256 of the payload>`; the reference in the history names both.
 * What it stores is durable before the reference leaves the process.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageDriverClaim, type Payload, type StorageDriver } from '@temporalio/common';
import proto from '@temporalio/proto';
import { makeDurableFolder, writeDurableFile } from '../blobs/durable-file.ts';
import { folderName } from '../blobs/folder-name.ts';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const folderPattern = /^[a-z0-9-]{1,81}$/;
const hashPattern = /^[0-9a-f]{64}$/;

/** Gives the bytes of what is not on the disk any more; null where nobody has them. */
export type BringBack = (folder: string, hash: string) => Promise<Uint8Array | null>;

export function folderPayloadDriver(root: string, bringBack: BringBack = () => Promise.resolve(null)): StorageDriver {
  return {
    name: 'folder',
    type: 'baton.folder',
    store: async (context, payloads) => {
      const folder = folderName(context.target?.id ?? 'unknown');
      await makeDurableFolder(join(root, folder));
      return await Promise.all(payloads.map((payload) => storeOne(root, folder, payload)));
    },
    retrieve: async (context, claims) =>
      await Promise.all(claims.map((claim) => retrieveOne(root, claim.claimData, bringBack, context.abortSignal))),
  };
}

/** Everything that the workflow has stored. How many payloads there were. */
export async function deletePayloads(root: string, workflow: string): Promise<number> {
  const folder = join(root, folderName(workflow));
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  await rm(folder, { recursive: true, force: true });
  return names.filter((name) => hashPattern.test(name)).length;
}

async function storeOne(root: string, folder: string, payload: Payload): Promise<StorageDriverClaim> {
  const bytes = PayloadMessage.encode(payload).finish();
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeDurableFile(join(root, folder), hash, [bytes]);
  return new StorageDriverClaim({ folder, hash });
}

async function retrieveOne(
  root: string,
  { folder = '', hash = '' }: Readonly<Record<string, string>>,
  bringBack: BringBack,
  signal: AbortSignal | undefined,
): Promise<Payload> {
  if (!folderPattern.test(folder) || !hashPattern.test(hash))
    throw new Error(`a payload reference that this driver has not written: ${folder}/${hash}`.slice(0, 200));
  return PayloadMessage.decode(await readOrBringBack(join(root, folder), hash, () => bringBack(folder, hash), signal));
}

async function readOrBringBack(
  folder: string,
  hash: string,
  bringBack: () => Promise<Uint8Array | null>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, hash), signal ? { signal } : {});
  } catch (error) {
    const bytes = (error as NodeJS.ErrnoException).code === 'ENOENT' ? await bringBack() : null;
    if (bytes === null) throw error;
    await makeDurableFolder(folder);
    await writeDurableFile(folder, hash, [bytes]);
    return bytes;
  }
}
