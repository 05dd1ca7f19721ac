import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../runtime/log.ts';
import { keptBundle } from './bundle-cache.ts';

const log = createLog('test', 'silent');
const root = dirname(import.meta.dirname);

let folder: string;
let file: string;
let made: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-kept-'));
  file = join(folder, 'source.ts');
  await writeFile(file, 'one');
  made = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = () => join(folder, 'kept');
const bundleOf = (subject = 'all') =>
  keptBundle(subject, () => Promise.resolve({ bundle: { code: `code ${++made}`, sourceMap: '' }, files: [file] }), {
    log,
    folder: kept(),
  });

test('a bundle is made once, and again when a file of it has changed, is back, or is gone', async () => {
  expect((await bundleOf()).code).toBe('code 1');
  expect((await bundleOf()).code).toBe('code 1');
  await writeFile(file, 'two');
  expect((await bundleOf()).code).toBe('code 2');
  await writeFile(file, 'one');
  expect((await bundleOf()).code).toBe('code 3');
  expect((await bundleOf('another')).code).toBe('code 4');
  expect((await bundleOf()).code).toBe('code 3');
  await rm(file);
  expect((await bundleOf()).code).toBe('code 5');
});

test('one that was damaged or cut is made again', async () => {
  await bundleOf();
  const [name = ''] = await readdir(kept());
  for (const text of ['', 'x', `${'0'.repeat(64)}\n{"bundle":{"code":"not ours","sourceMap":""},"files":{}}`]) {
    await writeFile(join(kept(), name), text);
    const before = made;
    expect((await bundleOf()).code).toBe(`code ${before + 1}`);
  }
});

test('where nothing can be kept it is made each time', async () => {
  await writeFile(kept(), 'a file is in the way');
  expect((await bundleOf()).code).toBe('code 1');
  expect((await bundleOf()).code).toBe('code 2');
});

test('only the newest are kept', async () => {
  for (let n = 0; n < 20; n++) await bundleOf(`subject ${n}`);
  expect((await readdir(kept())).length).toBe(16);
});

test('what a workflow imports counts, too', async () => {
  const entry = join(folder, 'workflows.ts');
  await writeFile(entry, `export { said } from './source.ts';`);
  const bundled = async (word: string) => {
    await writeFile(file, `export const said = async () => '${word}';`);
    // A process remembers its own bundles: each look needs one of its own.
    const script = `
      import { createLog } from ${JSON.stringify(join(root, 'runtime', 'log.ts'))};
      import { workflowBundle } from ${JSON.stringify(join(root, 'worker', 'workflow-bundle.ts'))};
      const { code } = await workflowBundle(createLog('test', 'silent'), { entry: ${JSON.stringify(entry)} });
      process.stdout.write(String(code.includes(${JSON.stringify(`'${word}'`)})));`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '--eval', script];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  };
  expect(await bundled('before')).toBe('true');
  expect(await bundled('after')).toBe('true');
});
