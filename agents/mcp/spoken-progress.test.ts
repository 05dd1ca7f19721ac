import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spokenProgress } from './spoken-progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what was told last is told again after a silence, with how long it has taken, until it is let go', async () => {
  const told: [number, string][] = [];
  const bar = spokenProgress({ progress: (...progress) => void told.push(progress) }, 8_000);
  bar.tell(0.3, 'writing');
  await vi.advanceTimersByTimeAsync(7_999);
  bar.tell(0.4, 'reading');
  await vi.advanceTimersByTimeAsync(16_000);
  bar[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([
    [0.3, 'writing'],
    [0.4, 'reading'],
    [0.4, '⏳ reading (for 8 s)'],
    [0.4, '⏳ reading (for 16 s)'],
  ]);
});
