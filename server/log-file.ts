/** Logs of processes, as files in the data folder. */
import { open, rename, stat } from 'node:fs/promises';

/** Above this a log is put aside when its process starts. One older log is kept. */
const rotateBytes = 16 * 1024 * 1024;
const tailBytes = 4_096;

export async function rotateLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > rotateBytes) await rename(file, `${file}.1`);
}

/** The end of a log, at most `count` lines of it: what a person needs to see why a start failed. */
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
