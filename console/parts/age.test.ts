import { expect, it } from 'vitest';
import { ageText } from './age.ts';

it('says how long ago in one word', () => {
  const told = [-5_000, 0, 59_999, 60_000, 3_599_000, 3_600_000, 47 * 3_600_000, 48 * 3_600_000].map(ageText);
  expect(told).toEqual(['0 s', '0 s', '59 s', '1 min', '59 min', '1 h', '47 h', '2 days']);
});
