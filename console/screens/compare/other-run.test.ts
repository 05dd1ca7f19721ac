import { expect, test } from 'vitest';
import { pairOf } from './other-run.ts';

test('a fork is compared with its original, an original with its newest fork', () => {
  const forks = [
    { run: 'newest', status: 'completed' },
    { run: 'older', status: 'failed' },
  ] as const;
  expect(pairOf({ run: 'r', from: { run: 'o', step: null, seq: 3 }, forks: [...forks] })).toEqual({
    left: 'o',
    right: 'r',
  });
  expect(pairOf({ run: 'r', from: null, forks: [...forks] })).toEqual({ left: 'r', right: 'newest' });
  expect(pairOf({ run: 'r', from: null, forks: [] })).toBeNull();
});
