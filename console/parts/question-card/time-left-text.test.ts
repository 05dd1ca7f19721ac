import { expect, it } from 'vitest';
import { timeLeftText } from './time-left-text.ts';

it.each([
  [61_000, '1:01'],
  [59_001, '1:00'],
  [999, '0:01'],
  [-5, '0:00'],
  [3_600_000, '1:00:00'],
  [90_000_000, '25:00:00'],
  [86_400_000 * 3.5, '3 days'],
])('%i ms are %s', (ms, text) => {
  expect(timeLeftText(ms)).toBe(text);
});
