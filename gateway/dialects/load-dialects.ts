/** Finds the dialects by their folders: adding one touches no other. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SurfaceContext } from '../http/surface-context.ts';
import type { Dialect, DialectModule } from './dialect.ts';

/** Folders whose folders are dialects. Tests give their own beside ours. */
export const dialectFolders: readonly string[] = [import.meta.dirname];

export async function loadDialects(
  context: SurfaceContext,
  folders: readonly string[] = dialectFolders,
): Promise<readonly Dialect[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for (const { name } of await readdir(folder, { withFileTypes: true })) {
      const file = join(folder, name, 'dialect.ts');
      if (existsSync(file)) files.push(file);
    }
  }
  return await Promise.all(
    files.toSorted().map(async (file) => {
      const { createDialect } = (await import(pathToFileURL(file).href)) as Partial<DialectModule>;
      if (!createDialect) throw new Error(`${file} exports no createDialect`);
      return createDialect(context);
    }),
  );
}
