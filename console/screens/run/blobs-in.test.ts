import { expect, test } from 'vitest';
import { blobsIn } from './blobs-in.ts';

const blob = { ref: 'event-12', bytes: 40_000, type: 'application/json' };

test('blobs are found wherever they are referred to, each once', () => {
  const value = { files: [{ name: 'a', stored: blob }, { again: blob }], other: { ...blob, ref: 'report' } };
  expect(blobsIn(value).map(({ path, blob: { ref } }) => [path, ref])).toEqual([
    ['files.0.stored', 'event-12'],
    ['other', 'report'],
  ]);
  expect(blobsIn('nothing')).toEqual([]);
});
