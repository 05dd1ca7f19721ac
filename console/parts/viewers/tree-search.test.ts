import { expect, it } from 'vitest';
import { searchTree } from './tree-search.ts';

const value = { files: [{ path: 'Main.ts' }, { path: 'b' }], count: 12, none: null };

it('finds words in names and in values, and opens the way to them', () => {
  const { hits, opened } = searchTree(value, 'main');
  expect([...hits]).toEqual(['["files",0,"path"]']);
  expect([...opened]).toEqual(['[]', '["files"]', '["files",0]']);
  expect([...searchTree(value, 'COUNT').hits]).toEqual(['["count"]']);
  expect([...searchTree(value, '12').hits]).toEqual(['["count"]']);
  expect([...searchTree(value, 'null').hits]).toEqual(['["none"]']);
});

it('finds nothing by nothing', () => {
  expect(searchTree(value, '').hits.size).toBe(0);
});

it('stops when there is too much, and says so', () => {
  const { hits, isCut } = searchTree(
    Array.from({ length: 5_000 }, () => 'x'),
    'x',
  );
  expect([hits.size, isCut]).toEqual([1_000, true]);
});
