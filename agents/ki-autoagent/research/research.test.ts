import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspaceFilesMax, workspaceWalkMs } from '../../../protocol/limits.ts';
import type { ResearchInput } from '../contract.ts';
import { bestPracticesFor, practicesOn } from './best-practices.ts';
import { distinctNames, manifests } from './manifests.ts';
import { readWorkspace } from './read-workspace.ts';
import { research } from './research.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'baton-research-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
}

async function run(input: Partial<ResearchInput> = {}) {
  const told: [number, string][] = [];
  const call = {
    signal: new AbortController().signal,
    progress: (...progress: [number, string]) => void told.push(progress),
    text: () => undefined,
  };
  const whole = { message: 'what is this?', workspacePath: workspace, instructions: null, ...input };
  return { found: await research(whole, call, { roots: [workspace], model: null }), told };
}

describe('what a manifest names', () => {
  test.each([
    [
      'package.json',
      '{"dependencies":{"express":"5"},"devDependencies":{"vitest":"5"},"peerDependencies":{"x":"1"}}',
      ['express', 'vitest'],
    ],
    ['package.json', '{"name":"empty"}', []],
    [
      'requirements.txt',
      '# tools\nDjango>=4.2\nrequests[security]==2.31 ; python_version > "3"\n\n-r more.txt\nnumpy # fast\r\nflask',
      ['Django', 'requests', 'numpy', 'flask'],
    ],
    [
      'pyproject.toml',
      '[project]\nname = "x"\ndependencies = ["fastapi>=0.1", "httpx[http2]", "uvicorn ~= 1.0"]',
      ['fastapi', 'httpx', 'uvicorn'],
    ],
    ['pyproject.toml', '[tool.black]\nline-length = 100', []],
    [
      'go.mod',
      'module example.com/me\n\ngo 1.26\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.1\n\tgolang.org/x/text v0.1 // indirect\n)\nrequire github.com/spf13/cobra v1.8.0\nreplace x => y',
      ['github.com/gin-gonic/gin', 'golang.org/x/text', 'github.com/spf13/cobra'],
    ],
    [
      'Cargo.toml',
      '[package]\nname = "x"\n[dependencies]\nserde = { version = "1", features = ["derive"] }\ntokio = "1"\n[dev-dependencies]\nrand = "1"',
      ['serde', 'tokio'],
    ],
    ['Dockerfile', 'FROM scratch', ['docker']],
  ])('%s', (file, text, names) => {
    expect(manifests[file]?.(text)).toEqual(names);
  });

  test('names are distinct whatever their case', () => {
    expect(distinctNames(['Flask', 'numpy', 'flask', ''])).toEqual(['Flask', 'numpy']);
  });
});

describe('a workspace', () => {
  test('is counted by extension; what is built or fetched, and links, are left out', async () => {
    await write({ 'a.ts': '', 'src/b.TS': '', README: '', 'c.md': '' });
    for (const folder of ['.git', 'node_modules', 'dist', 'build', '.venv', 'target'])
      await write({ [`${folder}/x.ts`]: '' });
    await symlink('/etc', join(workspace, 'link'));
    await symlink(join(workspace, 'a.ts'), join(workspace, 'package.json'));
    const { fileCount, isTruncated, extensions, topFiles } = await readWorkspace(workspace);
    expect([fileCount, isTruncated, extensions]).toEqual([4, false, { ts: 2, '': 1, md: 1 }]);
    expect([...topFiles].toSorted()).toEqual(['README', 'a.ts', 'c.md']);
  });

  test('is read up to its limits of files and time', async () => {
    await Promise.all(
      Array.from({ length: workspaceFilesMax + 1 }, (_, index) => writeFile(join(workspace, `${index}.c`), '')),
    );
    expect(await readWorkspace(workspace)).toMatchObject({ fileCount: workspaceFilesMax, isTruncated: true });
    let now = 0;
    const late = await readWorkspace(workspace, () => (now += workspaceWalkMs));
    expect(late).toMatchObject({ fileCount: 1, isTruncated: true });
  });

  test('must be there, be a folder, and lie within the roots', async () => {
    await write({ file: '' });
    for (const path of ['missing', 'file'])
      await expect(run({ workspacePath: join(workspace, path) })).rejects.toMatchObject({
        code: 'workspace_not_found',
      });
    await expect(run({ workspacePath: '/etc' })).rejects.toMatchObject({ code: 'workspace_forbidden' });
  });
});

describe('best practices', () => {
  test('are at least one for each known technology, and at least three for all', () => {
    const practices = bestPracticesFor(['Express', 'nobody-knows-this', 'docker']);
    const count = (technology: string | null) => practices.filter((each) => each.technology === technology).length;
    expect(count('Express')).toBeGreaterThanOrEqual(1);
    expect(count('docker')).toBeGreaterThanOrEqual(1);
    expect(count('nobody-knows-this')).toBe(0);
    expect(count(null)).toBeGreaterThanOrEqual(3);
  });

  test('that a question names are its findings, else the general ones', () => {
    const practices = bestPracticesFor(['express', 'zod', '@prisma/client']);
    expect(practicesOn('error handling for express in a shop', practices)).toHaveLength(2);
    expect(practicesOn('expressions in shops', practices)).toHaveLength(4);
    expect(practicesOn('how to use @prisma/client?', practices)).toHaveLength(1);
  });
});

test('the research sums up, with the five marks', async () => {
  await write({
    'package.json': '\uFEFF{"dependencies":{"express":"5","left-pad":"1"}}',
    'requirements.txt': 'flask\n',
    Dockerfile: '',
  });
  const { found, told } = await run({ query: 'errors in express' });
  expect(found.summary).toBe(`Found 4 technologies, ${found.bestPractices.length} best practices`);
  expect(found.findings).toHaveLength(2);
  expect(told.map(([fraction]) => fraction)).toEqual([0, 0.25, 0.5, 0.75]);
});

test('a manifest that cannot be read is told, and the rest counts', async () => {
  await write({ 'package.json': '{', 'Cargo.toml': '[dependencies]\nserde = "1"' });
  const { found } = await run();
  expect(found.technologies).toEqual(['serde']);
  expect(found.unread).toEqual([expect.stringMatching(/^package\.json: /)]);
});

test('without a workspace there are no technologies', async () => {
  expect((await run({ workspacePath: null })).found.summary).toBe('Found 0 technologies, 4 best practices');
});
