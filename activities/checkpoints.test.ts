import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointBytes, supersededCheckpointMs } from '../protocol/limits.ts';
import { folderBlobStore } from '../stores/blobs/folder-blob-store.ts';
import { folderName } from '../stores/blobs/folder-name.ts';
import { ManualClock } from '../test/harness/manual-clock.ts';
import { Checkpoints, type CheckpointOptions } from './checkpoints.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-checkpoints-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function bench(run: string, options: Partial<CheckpointOptions> = {}) {
  const clock = new ManualClock();
  const kept: unknown[] = [];
  const store = folderBlobStore(root);
  const checkpoints: Checkpoints = new Checkpoints({
    store,
    run,
    resumed: undefined,
    clock,
    onKept: () => kept.push(checkpoints.kept),
    onTrouble: (error) => {
      throw error;
    },
    ...options,
  });
  return { clock, kept, checkpoints, store };
}

test('a small checkpoint goes with the heartbeat at once, and of a burst only the newest', async () => {
  const b = bench('small');
  for (let count = 1; count <= 50; count++) b.checkpoints.set({ count });
  expect(b.kept).toEqual([{ value: { count: 1 } }]);
  await b.clock.advance(250);
  expect(b.kept).toEqual([{ value: { count: 1 } }, { value: { count: 50 } }]);
});

test('a large checkpoint is stored, and the next attempt reads it', async () => {
  const b = bench('large');
  const value = { pages: 'x'.repeat(40_000) };
  b.checkpoints.set(value);
  await b.checkpoints.settled();
  expect(JSON.stringify(b.checkpoints.kept).length).toBeLessThan(300);
  const next = bench('large', { resumed: b.checkpoints.kept });
  expect(await next.checkpoints.resume('what the step had before')).toEqual(value);
});

test('without a checkpoint of this activity, the agent resumes from what the step had before', async () => {
  expect(await bench('none').checkpoints.resume({ page: 3 })).toEqual({ page: 3 });
  expect(await bench('none', { resumed: { value: null } }).checkpoints.resume({ page: 3 })).toBeNull();
});

test('stored checkpoints that were replaced a minute ago are deleted, and no others', async () => {
  const b = bench('many');
  for (let count = 0; count < 20; count++) {
    b.checkpoints.set(`${count}`.repeat(10_000));
    await b.checkpoints.settled();
    await b.clock.advance(supersededCheckpointMs / 10);
  }
  const files = await readdir(join(root, folderName('many')));
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files.length).toBeLessThanOrEqual(13);
  const next = bench('many', { resumed: b.checkpoints.kept });
  expect(await next.checkpoints.resume(null)).toBe('19'.repeat(10_000));
});

test('a checkpoint over 64 KiB, or one that is no JSON, is refused where it is set', () => {
  const { checkpoints } = bench('bad');
  expect(() => checkpoints.set('x'.repeat(checkpointBytes))).toThrow(
    expect.objectContaining({ code: 'invalid_checkpoint' }),
  );
  expect(() => checkpoints.set(undefined)).toThrow(expect.objectContaining({ code: 'invalid_checkpoint' }));
});
