import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveWorkspace, workspaceRoots } from './workspace-roots.ts';

let base: string;
let roots: string[];
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'baton-roots-'));
  await mkdir(join(base, 'in', 'project'), { recursive: true });
  await mkdir(join(base, 'inside-by-name-only'));
  await mkdir(join(base, 'out'));
  await symlink(join(base, 'out'), join(base, 'in', 'escape'));
  await symlink(join(base, 'in', 'project'), join(base, 'out', 'entry'));
  roots = workspaceRoots(join(base, 'in'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('folders within a root are allowed, existing or not, and by a link from outside', async () => {
  for (const path of ['in', 'in/project', 'in/missing/deeper', 'in/project/../other', 'out/entry', 'out/entry/new'])
    expect(await resolveWorkspace(join(base, path), roots)).toContain(join(base, 'in'));
});

test.each([
  'out',
  'in/../out',
  'in/escape',
  'in/escape/missing',
  'inside-by-name-only',
  '',
  'in/\0',
  `in/${'x'.repeat(300)}`,
])('%j is forbidden', async (path) => {
  await expect(resolveWorkspace(`${base}/${path}`, roots)).rejects.toMatchObject({ code: 'workspace_forbidden' });
});

test("without a setting the system's folder for temporary files and the current one are roots", () => {
  expect(workspaceRoots(undefined)).toEqual([tmpdir(), process.cwd()]);
});
