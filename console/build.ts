/**
 * Builds the console into dist/console, where it is missing or its sources have changed since, and puts each file there
 * compressed as well. What is there is whole at any time: a gateway may be serving it.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { builtFolder, filesOf, isBuilt, stampName, stampOfSources } from './built.mjs';

/** Smaller ones gain nothing. */
const compressedFromBytes = 1_024;

async function buildConsole(): Promise<void> {
  process.stderr.write('Building the console\n');
  const stamp = await stampOfSources();
  const fresh = `${builtFolder}.${process.pid}`;
  // Whoever builds it, a test too, builds what people get: React checks and records much in any other environment.
  process.env['NODE_ENV'] = 'production';
  const { build } = await import('vite');
  const configFile = join(import.meta.dirname, 'vite-config.ts');
  await build({ configFile, logLevel: 'warn', build: { outDir: fresh } });
  await compressAll(fresh);
  await writeFile(join(fresh, stampName), stamp);
  await rm(builtFolder, { recursive: true, force: true });
  try {
    await rename(fresh, builtFolder);
  } catch (error) {
    // Another start has built it at the same time, and was first.
    await rm(fresh, { recursive: true });
    if (!(await isBuilt())) throw error;
  }
}

async function compressAll(folder: string): Promise<void> {
  for (const file of await filesOf(folder)) {
    const bytes = await readFile(file);
    if (bytes.byteLength < compressedFromBytes || file.endsWith('.woff2')) continue;
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  }
}

if ((import.meta.main ?? process.argv[1] === import.meta.filename) && !(await isBuilt())) await buildConsole();
