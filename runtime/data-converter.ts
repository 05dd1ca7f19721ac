/**
 * How values become Temporal payloads: JSON, and what is over 64 KiB outside the history.
 * Every process must use this one: a client without it cannot read a large payload.
 */
import { join } from 'node:path';
import { ExternalStorage, type DataConverter, type Payload } from '@temporalio/common';
import {
  decode,
  ExternalStorageRunner,
  isReferencePayload,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { externalPayloadBytes } from '../protocol/limits.ts';
import { folderPayloadDriver } from '../stores/payloads/folder-payload-driver.ts';
import type { Config } from './config.ts';

export function createDataConverter(config: Pick<Config, 'dataDir'>): DataConverter {
  return {
    externalStorage: new ExternalStorage({
      drivers: [folderPayloadDriver(join(config.dataDir, 'payloads'))],
      payloadSizeThreshold: externalPayloadBytes,
    }),
  };
}

/**
 * Decodes a raw payload of a history. Synchronous for inline JSON, which is nearly everything;
 * a promise where the payload lies outside or passes a codec. Throws, or rejects, on what it cannot read.
 */
export type PayloadDecoder = (payload: Payload) => unknown;

export function payloadDecoder(dataConverter: DataConverter): PayloadDecoder {
  const { payloadConverter, payloadCodecs, externalStorage } = loadDataConverter(dataConverter);
  const runner = externalStorage ? new ExternalStorageRunner(externalStorage) : null;
  const hasOwnConverter = dataConverter.payloadConverterPath !== undefined;
  return (payload) => {
    if (payloadCodecs.length === 0) {
      if (!hasOwnConverter && isJson(payload)) return JSON.parse(textOf(payload.data)) as unknown;
      if (!isReferencePayload(payload)) return payloadConverter.fromPayload(payload);
    }
    return (async () => {
      const [inline = payload] = runner ? await runner.retrieve([payload]) : [payload];
      const [decoded = inline] = await decode(payloadCodecs, [inline]);
      return payloadConverter.fromPayload(decoded);
    })();
  };
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
