/** The Range header, one range of bytes (RFC 9110, 14). */
import { BatonError } from '../../protocol/errors.ts';

export interface ByteRange {
  /** First byte, and the one after the last. */
  from: number;
  to: number;
}

/** null where the whole is due: no header, another unit, several ranges, or not a range. Errors: range_not_satisfiable. */
export function byteRange(header: string, bytes: number): ByteRange | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  const range =
    first === ''
      ? { from: Math.max(0, bytes - Number(last)), to: bytes }
      : { from: Number(first), to: last === '' ? bytes : Math.min(Number(last) + 1, bytes) };
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  if (range.from < range.to) return range;
  throw new BatonError('range_not_satisfiable', `the blob has ${bytes} bytes`, { bytes, field: 'Range' });
}
