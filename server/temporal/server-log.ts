import { open } from 'node:fs/promises';

const tailBytes = 4_096;

/** The end of a log file, at most `count` lines of it: what a person needs to see why a start failed. */
export async function lastLines(file: string, count = 5): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(tailBytes), position: from });
    return buffer.subarray(0, bytesRead).toString('utf8').trim().split('\n').slice(-count).join('\n');
  } finally {
    await handle.close();
  }
}
