/** Writes a file so that it is there whole, or not at all, also after a loss of power. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a folder whose entry in its parent is on the disk. Parents are made too. */
export async function makeDurableFolder(folder: string): Promise<void> {
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === firstMade) return;
  }
}

/** The folder must exist. A file of that name is replaced. */
export async function writeDurableFile(folder: string, name: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = join(folder, `.${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writev(parts);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A rename is durable when its folder is. Windows has no such call, and journals renames by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
