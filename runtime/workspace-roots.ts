/** Which folders agents may read and write: those within WORKSPACE_ROOTS, symbolic links followed. */
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';
import { BatonError } from '../protocol/errors.ts';

/** Default: the system's folder for temporary files, and the process's own. */
export function workspaceRoots(setting: string | undefined): string[] {
  const given = (setting ?? '').split(delimiter).filter((entry) => entry !== '');
  return (given.length === 0 ? [tmpdir(), process.cwd()] : given).map((entry) => resolve(entry));
}

/** Where the path really is, whether it exists yet or not. Errors: workspace_forbidden. */
export async function resolveWorkspace(path: string, roots: readonly string[]): Promise<string> {
  const [place, ...known] = await Promise.all([resolve(path), ...roots].map(realPlaceOf));
  if (place !== null && place !== undefined && known.some((root) => root !== null && isWithin(root, place)))
    return place;
  throw new BatonError('workspace_forbidden', `the workspace ${path} lies outside the allowed folders`, {
    field: 'workspace_path',
  });
}

export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

/** The part that exists with its links followed, and the rest behind it; null where it cannot be told. */
async function realPlaceOf(path: string): Promise<string | null> {
  const missing: string[] = [];
  for (let there = path; ; there = dirname(there)) {
    try {
      return join(await realpath(there), ...missing);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(there) === there) return null;
      missing.unshift(basename(there));
    }
  }
}
