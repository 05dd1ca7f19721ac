import { rm } from 'node:fs/promises';

/** An SQLite file with what SQLite writes beside it. */
export async function removeDatabase(file: string): Promise<void> {
  await Promise.all(['', '-wal', '-shm', '-journal'].map((end) => rm(`${file}${end}`, { force: true })));
}
