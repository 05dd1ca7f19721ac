import { expect, test } from 'vitest';
import { quantile } from './quantile.ts';

const buckets = new Map([
  [0.01, 50],
  [0.1, 90],
  [1, 98],
  [Infinity, 100],
]);

test('a quantile lies in the bucket where its rank falls, evenly spread', () => {
  expect(quantile(buckets, 0.5)).toBeCloseTo(0.01);
  expect(quantile(buckets, 0.25)).toBeCloseTo(0.005);
  expect(quantile(buckets, 0.7)).toBeCloseTo(0.055);
  expect(quantile(buckets, 0.95)).toBeCloseTo(0.6625);
});

test('what lies above every bound is the last bound, and nothing observed is nothing', () => {
  expect(quantile(buckets, 0.99)).toBe(1);
  expect(
    quantile(
      new Map([
        [1, 0],
        [Infinity, 7],
      ]),
      0.5,
    ),
  ).toBe(1);
  expect(quantile(new Map(), 0.5)).toBeNull();
  expect(
    quantile(
      new Map([
        [1, 0],
        [Infinity, 0],
      ]),
      0.5,
    ),
  ).toBeNull();
});
