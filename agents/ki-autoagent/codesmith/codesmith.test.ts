import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { proposeStructure } from '../architect/propose-structure.ts';
import { saveFiles } from './save-files.ts';
import { researchQuery, smith } from './smith.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'baton-smith-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function write(message: string, technologies: string[], findings: string[] | null = []) {
  const told: number[] = [];
  const { structure } = proposeStructure({ message, technologies, previous: null, feedback: null });
  const call = {
    signal: new AbortController().signal,
    progress: (fraction: number) => void told.push(fraction),
    text: () => undefined,
  };
  const surroundings = { roots: [workspace], mayWrite: true, model: null };
  const answer = await smith(
    { message, instructions: null, technologies, structure, workspacePath: workspace, findings },
    call,
    surroundings,
  );
  return { answer, told };
}

test('it asks for research first, by the name of a technology that is known, else by what is to be built', async () => {
  const { answer } = await write('build a shop', ['left-pad', 'express'], null);
  expect(answer).toEqual({ research: { query: expect.stringContaining('express') } });
  expect(researchQuery({ message: 'build a shop', technologies: [] })).toContain('shop');
});

test.each([['typescript'], ['express']])('what it writes for %s runs, and its tests pass', async (technology) => {
  const { answer, told } = await write(
    'build a note-taking REST service with a cli and a store',
    [technology],
    ['Check input'],
  );
  if (!('done' in answer)) throw new Error('it asked');
  expect(answer.done.written).toEqual(answer.done.files.map(({ path }) => path));
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(new Set(told).size).toBeGreaterThan(4);
  await writeFile(join(workspace, 'package.json'), '{"type":"module"}');
  const tests = spawnSync(process.execPath, ['--test'], {
    cwd: workspace,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect(tests.stdout).toMatch(/pass 2\n/);
  const sources = answer.done.files.filter(({ path }) => /^src\/(routes|store|cli|index)/.test(path));
  expect(sources.length).toBe(4);
  for (const { path } of sources) {
    const loaded = spawnSync(process.execPath, [path], { cwd: workspace, encoding: 'utf8' });
    expect([path, loaded.status]).toEqual([path, 0]);
  }
  expect(await readFile(join(workspace, 'README.md'), 'utf8')).toContain('Check input');
});

test('other languages get their own files', async () => {
  for (const [technology, sign] of [
    ['flask', 'class Shop:'],
    ['github.com/a/b', 'type Shop struct'],
    ['serde', 'pub struct Shop'],
  ] as const) {
    const { answer } = await write('build a shop', [technology]);
    expect(JSON.stringify(answer)).toContain(sign);
  }
});

test('files that are there with other content are left alone; the same again counts as written', async () => {
  await writeFile(join(workspace, 'mine.ts'), 'mine');
  const files = [
    { path: 'mine.ts', content: 'theirs' },
    { path: 'a/new.ts', content: 'new' },
  ];
  for (const _ of [1, 2])
    expect(await saveFiles(workspace, [workspace], files)).toEqual({ written: ['a/new.ts'], kept: ['mine.ts'] });
  expect(await readFile(join(workspace, 'mine.ts'), 'utf8')).toBe('mine');
});

test('nothing is written outside of the workspace, by no path and no link', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'baton-outside-'));
  await mkdir(join(workspace, 'in'));
  await symlink(outside, join(workspace, 'in', 'link'));
  for (const path of ['../x.ts', 'in/link/x.ts'])
    await expect(saveFiles(workspace, [tmpdir()], [{ path, content: '' }])).rejects.toMatchObject({
      code: 'workspace_forbidden',
    });
  await rm(outside, { recursive: true });
});
