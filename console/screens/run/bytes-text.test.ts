import { expect, test } from 'vitest';
import { bytesText } from './bytes-text.ts';

test('sizes are told in the largest unit of which there is a whole one', () => {
  expect([0, 1_023, 1_024, 40_960, 3 * 2 ** 20, 5 * 2 ** 40].map(bytesText)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '40 KiB',
    '3.0 MiB',
    '5120 GiB',
  ]);
});
