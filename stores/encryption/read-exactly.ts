import type { FileHandle } from 'node:fs/promises';
import { BatonError } from '../../protocol/errors.ts';

/** Throws where the file ends before. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await file.read(bytes, have, length - have, position + have);
    if (bytesRead === 0) throw new BatonError('internal', `a file ends ${length - have} bytes too early`);
    have += bytesRead;
  }
  return bytes;
}
