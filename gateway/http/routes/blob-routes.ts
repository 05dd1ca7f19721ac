import { byteRange } from '../byte-range.ts';
import { defineRoute } from '../route.ts';

/** Blobs hold what agents found, pages of strangers too: a browser must never run one as a page of the gateway. */
const inert = {
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-cache',
  'content-disposition': 'attachment',
  'content-security-policy': "default-src 'none'; sandbox",
};

export const blobRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/blobs/{ref}',
    name: 'readBlob',
    summary: 'The bytes behind a reference, whole or a range',
    access: 'token',
    headers: { range: 'one range of bytes' },
    answers: {
      200: { description: 'the whole', type: 'application/octet-stream' },
      206: { description: 'the range', type: 'application/octet-stream' },
    },
    errors: ['run_not_found', 'blob_not_found', 'range_not_satisfiable'],
    async handle({ guard, run, param, header }) {
      const stored = await guard.blob(run, param('ref'));
      const { blob } = stored;
      const range = byteRange(header('range'), blob.bytes);
      const from = range?.from ?? 0;
      const length = (range?.to ?? blob.bytes) - from;
      const headers = range
        ? { ...inert, 'content-range': `bytes ${range.from}-${range.to - 1}/${blob.bytes}` }
        : inert;
      return {
        kind: 'bytes',
        status: range ? 206 : 200,
        type: safeType(blob.type),
        headers,
        length,
        read: (start, end) => stored.read(from + start, from + end),
      };
    },
  }),
];

/** Agents name the type: what is no media type must not get into a header. */
function safeType(type: string): string {
  return /^[\w.+-]+\/[\w.+-]+(?: *; *[\w.-]+=(?:[\w.+-]+|"[\w .+-]*"))*$/.test(type)
    ? type
    : 'application/octet-stream';
}
