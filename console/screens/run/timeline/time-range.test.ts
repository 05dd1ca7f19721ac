import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../../client/index.ts';
import { offsetText, panned, readRange, ticks, wholeRange, writeRange, zoomed } from './time-range.ts';

const at = (ms: number) => new Date(ms).toISOString();
const step = (from: number, to: number | null) =>
  ({ startedAt: at(from), endedAt: to === null ? null : at(to) }) as TimelineStep;
const whole = { fromMs: 1_000, toMs: 11_000 };

test('a run is seen from its first step to its last, or to now', () => {
  expect(wholeRange([step(1_000, 5_000), step(4_000, 11_000)], 99_000)).toEqual({ fromMs: 1_000, toMs: 11_200 });
  expect(wholeRange([step(1_000, 5_000), step(4_000, null)], 21_000).toMs).toBe(21_400);
  expect(wholeRange([], 7)).toEqual({ fromMs: 7, toMs: 1_007 });
});

test('what is under the pointer stays there while one zooms, and nothing leads out of the run', () => {
  expect(zoomed(whole, whole, 0.5, 0.5)).toEqual({ fromMs: 3_500, toMs: 8_500 });
  expect(zoomed(whole, whole, 0.5, 0)).toEqual({ fromMs: 1_000, toMs: 6_000 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0.1, max: 4, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))),
      (moves) => {
        let range = whole;
        for (const [factor, by] of moves) range = panned(zoomed(range, whole, factor, Math.abs(by)), whole, by);
        expect(range.fromMs).toBeGreaterThanOrEqual(whole.fromMs - 1e-6);
        expect(range.toMs).toBeLessThanOrEqual(whole.toMs + 1e-6);
        expect(range.toMs - range.fromMs).toBeGreaterThan(19.9);
      },
    ),
  );
});

test('an address keeps what is in sight, and one that makes no sense shows the whole', () => {
  const range = { fromMs: 2_000, toMs: 4_000 };
  expect(writeRange(range, whole)).toBe('1000-3000');
  expect(readRange('1000-3000', whole)).toEqual(range);
  expect(writeRange(whole, whole)).toBeNull();
  expect([undefined, '', 'x', '5-1', '3-4', '1e3-5'].map((text) => readRange(text, whole))).toEqual(
    Array(6).fill(null),
  );
});

test('marks of the axis are round moments since the beginning, and few enough to be read', () => {
  expect(ticks(whole, 1_000, 6).map(({ label }) => label)).toEqual(['0 s', '2 s', '4 s', '6 s', '8 s', '10 s']);
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 4e10 }), fc.nat(1e9), (span, from) => {
      const marks = ticks({ fromMs: from, toMs: from + span }, 0, 8);
      expect(marks.length).toBeLessThanOrEqual(9);
      expect(new Set(marks.map(({ label }) => label)).size).toBe(marks.length);
    }),
  );
});

test('moments are told as exactly as they are apart', () => {
  expect([
    offsetText(90_000, 30_000),
    offsetText(90_500, 100),
    offsetText(3_723_000, 1_000),
    offsetText(15, 5),
  ]).toEqual(['1:30', '1:30.5', '1:02:03', '0.015 s']);
  expect(offsetText(3 * 86_400_000, 86_400_000)).toBe('3 d');
});
