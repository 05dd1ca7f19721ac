import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowsInSight, topFor } from './rows-in-sight.ts';

const sights = fc
  .record({
    count: fc.integer({ min: 1, max: 100_000 }),
    height: fc.integer({ min: 30, max: 2_000 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ count, height, at }) => ({ count, height, rowHeight: 28, top: Math.max(0, count * 28 - height) * at }));

test('every row in sight exists, and few besides', () => {
  fc.assert(
    fc.property(sights, (sight) => {
      const { first, last } = rowsInSight(sight);
      expect(first * 28).toBeLessThanOrEqual(sight.top);
      expect(Math.min(sight.count * 28, sight.top + sight.height)).toBeLessThanOrEqual((last + 1) * 28);
      expect(last).toBeLessThan(sight.count);
      expect(last - first).toBeLessThan(sight.height / 28 + 24);
    }),
  );
});

test('whichever row is gone to, it is in sight then; one that is already stays where it is', () => {
  fc.assert(
    fc.property(sights, fc.double({ min: 0, max: 1, noNaN: true }), (sight, at) => {
      const index = Math.floor(at * (sight.count - 1));
      const top = topFor(index, sight);
      expect(index * 28).toBeGreaterThanOrEqual(top - 1e-6);
      expect((index + 1) * 28).toBeLessThanOrEqual(top + sight.height + 1e-6);
      expect(topFor(index, { ...sight, top })).toBeCloseTo(top);
    }),
  );
});

test('one from afar comes to the middle, a neighbour to the edge, and without rows there is nothing', () => {
  const sight = { top: 0, height: 280, rowHeight: 28, count: 1_000 };
  expect(topFor(500, sight)).toBe(500 * 28 - 126);
  expect(topFor(10, sight)).toBe(28);
  expect(rowsInSight({ ...sight, count: 0 })).toEqual({ first: 0, last: -1 });
});
