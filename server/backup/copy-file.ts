import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BackupEntry } from './manifest.ts';

type Fingerprint = Pick<BackupEntry, 'bytes' | 'sha256'>;

/** On the disk when it resolves. The target must not be there; folders above it are made. */
export async function copyFile(from: string, to: string): Promise<Fingerprint> {
  await mkdir(dirname(to), { recursive: true });
  return await read(from, (counted) => pipeline(counted, createWriteStream(to, { flags: 'wx', flush: true })));
}

export function fingerprint(file: string): Promise<Fingerprint> {
  return read(file, async (counted) => {
    for await (const _ of counted);
  });
}

async function read(file: string, take: (counted: AsyncIterable<Buffer>) => Promise<void>): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await take(counted());
  return { bytes, sha256: hash.digest('hex') };
}
