/**
 * How values become Temporal payloads: JSON, encrypted where there are keys, and what is over 64 KiB outside the history.
 * Every process must use this one: a client without it cannot read a large payload.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExternalStorage, type DataConverter, type LoadedDataConverter, type Payload } from '@temporalio/common';
import {
  decode,
  ExternalStorageRunner,
  isReferencePayload,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { externalPayloadBytes, sealedOverheadBytes } from '../protocol/limits.ts';
import { folderPayloadDriver } from '../stores/payloads/folder-payload-driver.ts';
import { openArchive, type ArchiveSettings } from './archive.ts';
import type { Config } from './config.ts';
import { keyRingOf } from './key-ring-of.ts';
import { isEncrypted, PayloadEncryption } from './payload-encryption.ts';

export { keyRingOf } from './key-ring-of.ts';

/** For bundles of workflow code: only theirs converts what workflows throw. */
const encryptedFailureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

type Encrypting = Partial<Pick<Config, 'BATON_ENCRYPTION_KEYS'>>;

export function createDataConverter(config: Pick<Config, 'dataDir'> & Encrypting & ArchiveSettings): DataConverter {
  const archive = openArchive(config);
  const encryption = new PayloadEncryption(keyRingOf(config));
  return {
    // Without keys, too: one that is encrypted must fail, and not be taken for a malformed one.
    payloadCodecs: [encryption],
    ...(encryption.isOn ? { failureConverterPath: encryptedFailureConverterPath } : {}),
    externalStorage: new ExternalStorage({
      drivers: [
        folderPayloadDriver(
          join(config.dataDir, 'payloads'),
          async (folder, hash) => (await archive?.payload(folder, hash)) ?? null,
        ),
      ],
      payloadSizeThreshold: externalPayloadBytes + (encryption.isOn ? sealedOverheadBytes : 0),
    }),
  };
}

/**
 * Decodes a raw payload of a history. Synchronous for what is inline, which is nearly everything; a promise where the
 * payload lies outside or passes a codec of somebody's own. Throws, or rejects, on what it cannot read: key_missing and
 * payload_unreadable where it is encrypted.
 */
export type PayloadDecoder = (payload: Payload) => unknown;

export function payloadDecoder(dataConverter: DataConverter): PayloadDecoder {
  const { payloadConverter, payloadCodecs, externalStorage } = loadDataConverter(dataConverter);
  const runner = externalStorage ? new ExternalStorageRunner(externalStorage) : null;
  const hasOwnConverter = dataConverter.payloadConverterPath !== undefined;
  const [own, ...others] = payloadCodecs;
  const encryption = own instanceof PayloadEncryption && others.length === 0 ? own : null;
  const isSynchronous = encryption !== null || payloadCodecs.length === 0;
  const inline = (payload: Payload): unknown => {
    const opened = encryption && isEncrypted(payload) ? encryption.open(payload) : payload;
    if (!hasOwnConverter && isJson(opened)) return JSON.parse(textOf(opened.data)) as unknown;
    return payloadConverter.fromPayload(opened);
  };
  return (payload) => {
    if (isSynchronous && (isJson(payload) || !isReferencePayload(payload))) return inline(payload);
    return (async () => {
      const [found = payload] = runner ? await runner.retrieve([payload]) : [payload];
      if (isSynchronous) return inline(found);
      const [decoded = found] = await decode(payloadCodecs, [found]);
      return payloadConverter.fromPayload(decoded);
    })();
  };
}

/**
 * A raw payload of a history as it was before it was encrypted and stored elsewhere. One that is gone from there, or was
 * altered, stays as it is. Errors: key_missing.
 */
export function payloadOpener({
  payloadCodecs,
  externalStorage,
}: LoadedDataConverter): (payload: Payload) => Promise<Payload> {
  const runner = externalStorage ? new ExternalStorageRunner(externalStorage) : null;
  return async (payload) => {
    const found = isReferencePayload(payload) ? await retrieved(runner, payload) : payload;
    const [opened = found] = await decode(payloadCodecs, [found]);
    return opened;
  };
}

async function retrieved(runner: ExternalStorageRunner | null, payload: Payload): Promise<Payload> {
  try {
    const [found = payload] = runner ? await runner.retrieve([payload]) : [payload];
    return found;
  } catch {
    // Readers take it for null: so will those of what is made of it.
    return payload;
  }
}

const jsonEncoding = Buffer.from('json/plain');

function isJson({ metadata, data }: Payload): boolean {
  const encoding = metadata?.['encoding'];
  return encoding?.length === jsonEncoding.length && jsonEncoding.equals(encoding) && data != null && data.length > 0;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  if (bytes == null) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
