import { expect, it } from 'vitest';
import { fromLocal, toLocal } from './local-time.ts';

it('a moment comes back from its field, to the minute', () => {
  for (const moment of ['2026-01-31T09:05:00Z', '2026-07-31T23:59:00Z', '2026-03-29T00:30:00Z'])
    expect(fromLocal(toLocal(moment))).toBe(moment);
  expect(toLocal('2026-01-31T09:05:59.999Z')).toBe(toLocal('2026-01-31T09:05:00Z'));
});

it('what is no moment is none', () => {
  expect([toLocal(undefined), toLocal('yesterday')]).toEqual(['', '']);
  expect([fromLocal(''), fromLocal('so')]).toEqual([null, null]);
});
