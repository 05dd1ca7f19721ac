/**
 * Large Temporal payloads in a folder: a driver for the SDK's ExternalStorage.
 * `<root>/<workflow's folder>/<SHA-256 of the payload>`; the reference in the history names both.
 * What it stores is durable before the reference leaves the process.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageDriverClaim, type Payload, type StorageDriver } from '@temporalio/common';
import proto from '@temporalio/proto';
import { makeDurableFolder, writeDurableFile } from '../blobs/durable-file.ts';
import { folderName } from '../blobs/folder-name.ts';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const folderPattern = /^[a-z0-9-]{1,81}$/;
const hashPattern = /^[0-9a-f]{64}$/;

export function folderPayloadDriver(root: string): StorageDriver {
  return {
    name: 'folder',
    type: 'baton.folder',
    store: async (context, payloads) => {
      const folder = folderName(context.target?.id ?? 'unknown');
      await makeDurableFolder(join(root, folder));
      return await Promise.all(payloads.map((payload) => storeOne(root, folder, payload)));
    },
    retrieve: async (context, claims) =>
      await Promise.all(claims.map((claim) => retrieveOne(root, claim.claimData, context.abortSignal))),
  };
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
  signal: AbortSignal | undefined,
): Promise<Payload> {
  if (!folderPattern.test(folder) || !hashPattern.test(hash))
    throw new Error(`a payload reference that this driver has not written: ${folder}/${hash}`.slice(0, 200));
  const bytes = await readFile(join(root, folder, hash), signal ? { signal } : {});
  return PayloadMessage.decode(bytes);
}
