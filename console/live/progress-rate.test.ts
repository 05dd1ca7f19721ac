import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateOf, withSample, type ProgressSample } from './progress-rate.ts';

const take = (samples: ProgressSample[]) =>
  samples.reduce<readonly ProgressSample[]>((all, sample) => withSample(all, sample), []);

test('a tenth in six seconds is 100 % a minute, and the rest takes the rest of it', () => {
  const samples = take([
    { atMs: 0, fraction: 0.2 },
    { atMs: 6_000, fraction: 0.3 },
  ]);
  expect(rateOf(samples)?.perMinute).toBeCloseTo(1);
  expect(rateOf(samples)?.remainingMs).toBeCloseTo(42_000);
});

test('nothing is said of what has just begun, stands still, or was begun anew', () => {
  expect(rateOf([])).toBeNull();
  const early = take([
    { atMs: 0, fraction: 0 },
    { atMs: 500, fraction: 0.5 },
  ]);
  const still = take([
    { atMs: 0, fraction: 0.5 },
    { atMs: 9_000, fraction: 0.5 },
  ]);
  const anew = take([
    { atMs: 0, fraction: 0.5 },
    { atMs: 9_000, fraction: 0.1 },
  ]);
  expect([early, still, anew].map((samples) => rateOf(samples))).toEqual([null, null, null]);
});

test('it follows the last minute, and remembers little', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 2_000 }), (count) => {
      const samples = take(
        Array.from({ length: count }, (_, index) => ({ atMs: index * 100, fraction: index / (2 * count) })),
      );
      expect(samples.length).toBeLessThanOrEqual(120);
      expect(rateOf(samples)?.perMinute).toBeCloseTo(600 / (2 * count), 5);
    }),
    { numRuns: 20 },
  );
});
