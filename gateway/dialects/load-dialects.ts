/** Finds the dialects by their folders: adding one touches no other. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SurfaceContext } from '../http/surface-context.ts';
import type { Dialect, DialectModule } from './dialect.ts';

export async function loadDialects(
  context: SurfaceContext,
  folder: string = import.meta.dirname,
): Promise<readonly Dialect[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name, 'dialect.ts'))
    .filter((file) => existsSync(file));
  return await Promise.all(
    files.toSorted().map(async (file) => {
      const { createDialect } = (await import(pathToFileURL(file).href)) as Partial<DialectModule>;
      if (!createDialect) throw new Error(`${file} exports no createDialect`);
      return createDialect(context);
    }),
  );
}
