import { expect, test } from 'vitest';
import { items } from '../bench/items.ts';
import { runItems } from '../bench/run-items.ts';

test('every item of the bench yields figures, in its short form', { timeout: 180_000 }, async () => {
  const names = Object.keys(items);
  const figures = await runItems(names, { quick: true, onItem: () => undefined });
  expect([...new Set(figures.map(({ item }) => item))].toSorted()).toEqual(names.toSorted());
  expect(figures.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  expect(new Set(figures.map(({ item, what }) => `${item} ${what}`)).size).toBe(figures.length);
  expect(figures.find(({ what }) => what.includes('hole or a double'))?.value).toBe(0);
});
