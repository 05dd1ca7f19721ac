import { expect, test } from 'vitest';
import type { Failing } from '../../protocol/telling.ts';
import { failedAgain } from './patience.ts';

test('an event is posted again after 1 s, doubling up to 5 minutes, for three days', () => {
  const waits: number[] = [];
  let nowMs = 1_000_000;
  let failing: Failing | undefined;
  for (let waitMs: number | null = 0; waitMs !== null; nowMs += waitMs ?? 0) {
    ({ failing, waitMs } = failedAgain(failing, nowMs));
    if (waitMs !== null) waits.push(waitMs / 1_000);
  }
  expect(waits.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  const days = waits.reduce((sum, seconds) => sum + seconds, 0) / 86_400;
  expect(days).toBeGreaterThanOrEqual(3);
  expect(days).toBeLessThan(3.01);
});

test('patience begins anew with the next event', () => {
  expect(failedAgain(undefined, 5)).toEqual({ failing: { sinceMs: 5, tries: 1 }, waitMs: 1_000 });
});
