/**
 * Bundles of workflow code that were made before: making one takes seconds, each time a worker starts. One is taken only
 * where every file that went into it is as it was, to the byte.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Log } from '../runtime/log.ts';

/** Beside what else is built of the sources. */
const builtFolder = fileURLToPath(new URL('../dist/workflows', import.meta.url));
/** Of those that were made last; others are of sources that have changed since. */
const bundlesKept = 16;

export interface MadeBundle {
  bundle: WorkflowBundleWithSourceMap;
  /** Absolute paths of all that went into it. */
  files: readonly string[];
}

interface Kept {
  bundle: WorkflowBundleWithSourceMap;
  /** Path → SHA-256. */
  files: Readonly<Record<string, string>>;
}

/** `subject`: what is bundled, and how. Where nothing can be kept it is made each time. */
export async function keptBundle(
  subject: string,
  make: () => Promise<MadeBundle>,
  { log, folder = builtFolder }: { log: Log; folder?: string },
): Promise<WorkflowBundleWithSourceMap> {
  const file = join(folder, `${digestOf(subject).slice(0, 32)}.json`);
  const kept = await read(file);
  if (kept !== null && (await areAsTheyWere(kept.files))) return kept.bundle;
  const { bundle, files } = await make();
  try {
    await keep(file, { bundle, files: await digests(files) });
    await forgetOld(folder);
  } catch (error) {
    // A folder that is read-only, as in an image: the next start takes its seconds again.
    log.debug({ err: error }, 'the workflow bundle was not kept');
  }
  return bundle;
}

/** null where there is none, or it is damaged or can't be read: it is made anew. */
async function read(file: string): Promise<Kept | null> {
  try {
    const [digest = '', text = ''] = (await readFile(file, 'utf8')).split('\n', 2);
    return digestOf(text) === digest ? (JSON.parse(text) as Kept) : null;
  } catch {
    return null;
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const text = JSON.stringify(kept);
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${digestOf(text)}\n${text}`);
  await rename(fresh, file);
}

async function areAsTheyWere(files: Kept['files']): Promise<boolean> {
  const found = await digests(Object.keys(files)).catch((error: NodeJS.ErrnoException): Record<string, string> => {
    if (error.code === 'ENOENT') return {};
    throw error;
  });
  return Object.entries(files).every(([path, digest]) => found[path] === digest);
}

async function digests(files: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, digestOf(await readFile(path))])));
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function forgetOld(folder: string): Promise<void> {
  const names = await readdir(folder);
  const aged = await Promise.all(names.map(async (name) => ({ name, ms: (await stat(join(folder, name))).mtimeMs })));
  const old = aged.toSorted((one, other) => other.ms - one.ms).slice(bundlesKept);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
