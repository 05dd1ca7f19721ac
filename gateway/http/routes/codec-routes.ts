/** The codec server of Temporal's own UI and command line: with it they show what is encrypted. */
import type { Payload } from '@temporalio/common';
import { BatonError } from '../../../protocol/errors.ts';
import { codecPayloadsSchema, type CodecPayload } from '../../../protocol/schemas/codec.ts';
import { keyRingOf } from '../../../runtime/data-converter.ts';
import { PayloadEncryption } from '../../../runtime/payload-encryption.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';
import type { SurfaceContext } from '../surface-context.ts';

const both = {
  method: 'post',
  access: 'ops',
  body: codecPayloadsSchema,
  answers: { 200: { description: 'as many, in the same order', schema: codecPayloadsSchema } },
  errors: [],
} as const;

export const codecRoutes = [
  defineRoute({
    ...both,
    path: '/v1/codec/encode',
    name: 'encodePayloads',
    summary: 'Payloads as they are stored: encrypted with the first key, as they came where there is none',
    handle: ({ body }, { config }: SurfaceContext) => {
      const encryption = new PayloadEncryption(keyRingOf(config));
      return json(200, {
        payloads: body.payloads.map((payload) => toJson(encryption.seal(fromJson(payload)), payload)),
      });
    },
  }),
  defineRoute({
    ...both,
    path: '/v1/codec/decode',
    name: 'decodePayloads',
    summary: 'Stored payloads in the clear; one that cannot be decrypted stays as it is, and its metadata says why',
    handle: ({ body }, { config }: SurfaceContext) => {
      const encryption = new PayloadEncryption(keyRingOf(config));
      return json(200, { payloads: body.payloads.map((payload) => decoded(encryption, payload)) });
    },
  }),
];

/** A page of a history shows many payloads: one that is broken must not hide the others. */
function decoded(encryption: PayloadEncryption, payload: CodecPayload): CodecPayload {
  try {
    return toJson(encryption.open(fromJson(payload)), payload);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    const why = Buffer.from(`${error.code}: ${error.message}`).toString('base64');
    return { ...payload, metadata: { ...payload.metadata, 'baton-unreadable': why } };
  }
}

function fromJson({ metadata = {}, data = '' }: CodecPayload): Payload {
  const bytes = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(bytes) as Record<string, Uint8Array>, data: Buffer.from(data, 'base64') };
}

function toJson({ metadata, data }: Payload, came: CodecPayload): CodecPayload {
  const texts = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return {
    ...came,
    metadata: Object.fromEntries(texts) as Record<string, string>,
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
