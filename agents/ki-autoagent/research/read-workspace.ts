/** What lies in a workspace: how many files of which kind. Symbolic links are not followed. */
import { opendir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { BatonError } from '../../../protocol/errors.ts';
import { workspaceFilesMax, workspaceWalkMs } from '../../../protocol/limits.ts';

export interface Workspace {
  fileCount: number;
  isTruncated: boolean;
  /** `ts` → how many; files without one are under the empty name. */
  extensions: Record<string, number>;
  /** Files at the top: manifests are looked for there. */
  topFiles: ReadonlySet<string>;
}

const skipped = new Set(['.git', 'node_modules', 'dist', 'build', '.venv', 'target']);

/** Errors: workspace_not_found. What may not be read within is left out. */
export async function readWorkspace(path: string, now: () => number = () => performance.now()): Promise<Workspace> {
  await requireFolder(path);
  const deadline = now() + workspaceWalkMs;
  const extensions = new Map<string, number>();
  const topFiles = new Set<string>();
  const folders = [path];
  let fileCount = 0;
  let isTruncated = false;
  for (let folder = folders.shift(); folder !== undefined && !isTruncated; folder = folders.shift()) {
    for await (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !skipped.has(entry.name)) folders.push(join(folder, entry.name));
      if (!entry.isFile()) continue;
      isTruncated = fileCount >= workspaceFilesMax || now() > deadline;
      if (isTruncated) break;
      fileCount++;
      const extension = extname(entry.name).slice(1).toLowerCase();
      extensions.set(extension, (extensions.get(extension) ?? 0) + 1);
      if (folder === path) topFiles.add(entry.name);
    }
  }
  const sorted = [...extensions].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { fileCount, isTruncated, extensions: Object.fromEntries(sorted), topFiles };
}

export const emptyWorkspace: Workspace = { fileCount: 0, isTruncated: false, extensions: {}, topFiles: new Set() };

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  });
  if (found?.isDirectory() === true) return;
  const what = found ? 'is no folder' : 'does not exist';
  throw new BatonError('workspace_not_found', `the workspace ${path} ${what}`, { workspace: path });
}

async function* entriesOf(folder: string) {
  try {
    yield* await opendir(folder);
  } catch (error) {
    // Gone in between, or not for this user to read.
    if (!['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
