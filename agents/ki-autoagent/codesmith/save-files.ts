/** Puts files into a workspace. What is there already with other content is left alone. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveWorkspace } from '../../../runtime/workspace-roots.ts';

/** Written again by a later attempt, a file counts as written. Errors: workspace_forbidden. */
export async function saveFiles(
  workspace: string,
  roots: readonly string[],
  files: readonly { path: string; content: string }[],
): Promise<{ written: string[]; kept: string[] }> {
  const base = await resolveWorkspace(workspace, roots);
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, content } of files) {
    // A link within the workspace may lead out of it.
    const target = await resolveWorkspace(join(base, path), [base]);
    const known = await readFile(target, 'utf8').catch(noneIfMissing);
    if (known !== null && known !== content) {
      kept.push(path);
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    if (known === null) await writeFile(target, content, { flag: 'wx' });
    written.push(path);
  }
  return { written, kept };
}

function noneIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
