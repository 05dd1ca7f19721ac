import { expect, test } from 'vitest';
import { blobsIn, storedIn } from './stored-value.ts';

const blob = { ref: 'event-12', bytes: 40_000, type: 'application/json' };

test('what stands in the place of a large value is known, and a small one is itself', () => {
  expect(storedIn({ preview: '{"a":', blob })).toEqual({ preview: '{"a":', blob });
  expect([{ preview: 'x' }, { blob: 'x' }, null, 'text', 3, [blob]].map(storedIn)).toEqual(Array(6).fill(null));
});

test('blobs are found wherever they are referred to, each once', () => {
  const value = { files: [{ name: 'a', stored: blob }, { again: blob }], other: { ...blob, ref: 'report' } };
  expect(blobsIn(value).map(({ path, blob: { ref } }) => [path, ref])).toEqual([
    ['files.0.stored', 'event-12'],
    ['other', 'report'],
  ]);
  expect(blobsIn('nothing')).toEqual([]);
});
