import { expect, it } from 'vitest';
import { inPortions, newRows } from './new-rows.ts';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const of = (...known: string[]) => {
  const set = new Set(known);
  return { has: (id: string) => set.has(id), isWhole: false };
};

it('what stands before the rows that are known is new', () => {
  expect(newRows(rows('e', 'd', 'c', 'b'), of('a', 'b', 'c'))).toEqual(rows('e', 'd'));
});

it('what has moved up because others have gone is not', () => {
  expect(newRows(rows('c', 'z'), of('a', 'b', 'c'))).toEqual([]);
});

it('one that is known and has begun anew is none, and what came after it is', () => {
  expect(newRows(rows('x', 'b', 'y', 'c', 'a'), of('a', 'b', 'c'))).toEqual(rows('x', 'y'));
});

it('in a list that was whole everything unknown is', () => {
  expect(newRows(rows('a', 'z'), { ...of('a'), isWhole: true })).toEqual(rows('z'));
});

it('where nothing is known all are new', () => {
  expect(newRows(rows('b', 'a'), of())).toEqual(rows('b', 'a'));
});

it('portions fit an address, in characters and in number', () => {
  expect(inPortions(['aaaa', 'bbbb', 'cccc'], { characters: 14, count: 10 })).toEqual([['aaaa', 'bbbb'], ['cccc']]);
  expect(inPortions(['a', 'b', 'c'], { characters: 100, count: 2 })).toEqual([['a', 'b'], ['c']]);
  expect(inPortions(['an id longer than all'], { characters: 3, count: 2 })).toEqual([['an id longer than all']]);
  expect(inPortions([], { characters: 3, count: 2 })).toEqual([]);
});
