import { expect, test } from 'vitest';
import { EventRate } from './event-rate.ts';

test('a hundred events a second are told as that, and as none once they have stopped', () => {
  const rate = new EventRate();
  for (let ms = 0; ms < 15_000; ms += 10) rate.add(ms);
  expect(rate.perSecond(15_000)).toBe(100);
  expect(rate.perSecond(20_500)).toBe(50);
  expect(rate.perSecond(60_000)).toBe(0);
});
