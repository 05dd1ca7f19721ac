import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** Begins as many as there is time for; each takes `workMs` before the next may be asked for. */
function begin(pace: Pace, forMs: number, workMs: (nowMs: number) => number): number[] {
  const begun: number[] = [];
  for (let nowMs = 0; ;) {
    nowMs += pace.take(nowMs);
    if (nowMs >= forMs) return begun;
    begun.push(nowMs);
    nowMs += workMs(nowMs);
  }
}

test('so many begin in a second, however uneven what lies between them is', () => {
  const begun = begin(new Pace(20), 10_000, (nowMs) => (Math.floor(nowMs) % 3) * 20);
  expect(begun.length).toBeGreaterThanOrEqual(199);
  expect(begun.length).toBeLessThanOrEqual(200);
});

test('after a stall of five seconds no more than a few begin at once', () => {
  const begun = begin(new Pace(20), 10_000, (nowMs) => (nowMs > 2_000 && nowMs < 2_051 ? 5_000 : 0));
  const after = begun.filter((atMs) => atMs >= 7_000 && atMs < 8_000);
  expect(after.length).toBeGreaterThanOrEqual(20);
  expect(after.length).toBeLessThanOrEqual(26);
});

test('slower than one a second is a pace, too', () => {
  expect(begin(new Pace(0.1), 60_000, () => 0)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
});
