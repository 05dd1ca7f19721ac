/** The package as its users have it: packed, installed without a network into an empty folder, run, typechecked, bundled. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../client/build.ts';
import { packClient } from '../client/pack.ts';
import { shownTypes } from '../client/pack/protocol-types.ts';
import { ScriptedGateway } from '../client/scripted-gateway.ts';

const root = join(import.meta.dirname, '..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-client-user-'));
  const tarball = await packClient(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  const args = ['install', '--offline', '--no-audit', '--no-fund', tarball];
  const npm = process.env['npm_execpath'];
  if (npm === undefined) await run('npm', args, { cwd: folder });
  else await run(process.execPath, [npm, ...args], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true }));

/** As its users' compilers do: strictly, without skipping declarations, under Node's rules and under bundlers'. */
async function compile(files: string[]): Promise<void> {
  const lib = 'es2024,dom,dom.asynciterable,esnext.disposable';
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--allowImportingTsExtensions'];
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const rules of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    const args = [tsc, ...strict, '--target', 'es2024', '--lib', lib, ...rules, ...files];
    await run(process.execPath, args, { cwd: folder });
  }
}

test('it installs alone: no dependency comes with it', async () => {
  const installed = await readdir(join(folder, 'node_modules'));
  expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['baton-client']);
});

test('plain JavaScript can start and watch a run with it', async () => {
  const gateway = new ScriptedGateway();
  const url = await gateway.listen();
  gateway.append('r', 'run.started', 'agent.emitted', 'run.completed');
  gateway.script.push({ path: /runs$/, status: 201, body: { id: 'r' } });
  const program = `
    import { BatonClient } from 'baton-client';
    const client = new BatonClient({ url: ${JSON.stringify(url)} });
    const { run } = await client.start('crawl', {});
    for await (const item of client.watch(run.id)) console.log(item.kind, item.event?.seq ?? '');
    console.log(client.transport);
  `;
  await writeFile(join(folder, 'program.mjs'), program);
  const output = await run(process.execPath, [join(folder, 'program.mjs')], { cwd: folder });
  await gateway.close();
  expect(output.split('\n').map((line) => line.trim())).toEqual([
    'transport',
    'snapshot',
    'event 1',
    'event 2',
    'event 3',
    'end',
    'websocket',
    '',
  ]);
});

test('TypeScript sees the types of the protocol, the same as inside Baton, without zod', async () => {
  const names = Object.keys(shownTypes);
  const inside = await readFile(join(root, 'client', 'types.ts'), 'utf8');
  const exported = [...inside.matchAll(/export type \{([^}]+)\}/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  expect(exported.toSorted()).toEqual(names);

  const program = `
    import { BatonClient, BatonClientError, fold, type WatchItem } from 'baton-client';
    import type * as Outside from 'baton-client';
    import type * as Inside from ${JSON.stringify(join(root, 'client', 'types.ts'))};
    type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
    export const same: [${names.map((name) => `Same<Outside.${name}, Inside.${name}>`).join(', ')}] = [${names.map(() => 'true').join(', ')}];
    const client = new BatonClient({ url: 'http://localhost', fetch, WebSocket });
    export async function read(): Promise<WatchItem[]> {
      for await (const item of client.watch('r')) if (item.kind === 'event') return [item, { kind: 'end', lastSeq: item.event.seq }];
      throw new BatonClientError('x', 'y');
    }
    // @ts-expect-error an item is one of its kinds
    export const wrong: WatchItem = { kind: 'nothing' };
    // @ts-expect-error the types are not any
    export const number: number = fold;
  `;
  await writeFile(join(folder, 'program.ts'), program);
  await compile(['program.ts']);
});

test('what docs/client.md shows compiles, and its first program runs', async () => {
  const page = await readFile(join(root, 'docs', 'client.md'), 'utf8');
  const programs = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
  expect(programs.length).toBeGreaterThan(3);
  const files = programs.map((_, index) => `docs-${index}.ts`);
  await Promise.all(files.map((file, index) => writeFile(join(folder, file), programs[index] ?? '')));
  await writeFile(join(folder, 'process.d.ts'), 'declare const process: { env: Record<string, string | undefined> };');
  await compile(['process.d.ts', ...files]);

  const gateway = new ScriptedGateway();
  const url = await gateway.listen();
  gateway.append('r', 'run.started', 'run.completed');
  gateway.script.push({ path: /runs$/, status: 201, body: { id: 'r' } });
  const first = join(folder, 'docs-0.mjs');
  await writeFile(first, programs[0] ?? '');
  const output = await run(process.execPath, [first], { cwd: folder, env: { ...process.env, BATON_URL: url } });
  await gateway.close();
  expect(output).toBe('1 run.started\n2 run.completed\n');
});

test('a bundler takes it for browsers', async () => {
  const result = await build({
    stdin: { contents: "export { BatonClient } from 'baton-client';", resolveDir: folder },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  expect(result.errors).toEqual([]);
  expect(result.outputFiles[0]?.text).not.toMatch(/from ?"(node:|ws|zod)/);
});
