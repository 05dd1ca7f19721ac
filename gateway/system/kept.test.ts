import { expect, test } from 'vitest';
import { kept } from './kept.ts';

test('who asks within the time gets the same answer, later ones a new one', async () => {
  let asked = 0;
  let nowMs = 0;
  const ask = kept(
    () => Promise.resolve(++asked),
    100,
    () => nowMs,
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  nowMs = 99;
  expect(await ask()).toBe(1);
  nowMs = 100;
  expect(await ask()).toBe(2);
});

test('a failure is nobody else’s answer', async () => {
  let asked = 0;
  const ask = kept(() => (++asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(asked)), 1_000);
  await expect(ask()).rejects.toThrow('away');
  expect(await ask()).toBe(2);
});
