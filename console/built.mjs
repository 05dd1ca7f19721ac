// @ts-check
/** Whether dist/console is what the sources of today make. Plain JavaScript: runs before any package is there. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const builtFolder = join(root, 'dist', 'console');

/** In the built folder: what it was built of. */
export const stampName = 'sources.sha256';

export async function isBuilt() {
  const built = await readFile(join(builtFolder, stampName), 'utf8').catch(() => null);
  return built === (await stampOfSources());
}

export async function stampOfSources() {
  const folders = await Promise.all(['console', 'client', 'protocol'].map((folder) => filesOf(join(root, folder))));
  const files = [...folders.flat(), join(root, 'package-lock.json')].toSorted();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(relative(root, file))
      .update('\0')
      .update(await readFile(file));
  return hash.digest('hex');
}

/** @param {string} folder */
export async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
