/**
 * The cursor of a list: Temporal's page token with a checksum over it and the query it belongs to. Temporal takes its
 * time over a token that is none (20 s, then `temporal_down`), so it never gets to see one.
 */
import { createHash } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';

const checksumBytes = 8;

export function sealCursor(token: Uint8Array, query: string): string {
  return Buffer.concat([checksum(token, query), token]).toString('base64url');
}

/** An empty token without a cursor. Errors: invalid_cursor, also for a cursor of another query. */
export function openCursor(cursor: string | undefined, query: string): Uint8Array {
  if (cursor === undefined) return new Uint8Array();
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(checksumBytes);
  if (token.length > 0 && checksum(token, query).equals(bytes.subarray(0, checksumBytes))) return token;
  throw new BatonError('invalid_cursor', 'cursor: send the nextCursor of this very list, or none', { field: 'cursor' });
}

function checksum(token: Uint8Array, query: string): Buffer {
  return createHash('sha256').update(query).update('\n').update(token).digest().subarray(0, checksumBytes);
}
