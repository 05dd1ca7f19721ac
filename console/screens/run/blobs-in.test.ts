import { expect, test } from 'vitest';
import { blobsIn } from './blobs-in.ts';

const blob = { ref: 'event-12', bytes: 40_000, type: 'application/json' };

test('blobs are found wherever they are referred to, each once, with the name that stands beside them', () => {
  const value = { files: [{ name: 'a', stored: blob }, { again: blob }], other: { ...blob, ref: 'report' } };
  expect(blobsIn(value).map(({ path, name, blob: { ref } }) => [path, name, ref])).toEqual([
    ['files.0.stored', 'a', 'event-12'],
    ['other', null, 'report'],
  ]);
  expect(blobsIn('nothing')).toEqual([]);
});
