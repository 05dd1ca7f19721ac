import { expect, it } from 'vitest';
import { isEmpty, isPicked, nothingPicked, pickedMax, toggled, whyNot, type Selection } from './selection.ts';

const rows = Array.from({ length: 1_000 }, (_, index) => `run-${index}`);
const pick = (selection: Selection, index: number, isRange = false) =>
  toggled(selection, { index, id: rows[index] ?? '', isRange, idAt: (row) => rows[row] });

it('one is picked, and let go again', () => {
  const one = pick(nothingPicked, 3);
  expect([...one.picked]).toEqual(['run-3']);
  expect(isPicked(one, 'run-3')).toBe(true);
  expect(isEmpty(pick(one, 3))).toBe(true);
});

it('a range goes from the last one, up or down, and takes out what it takes in', () => {
  const down = pick(pick(nothingPicked, 3), 6, true);
  expect([...down.picked]).toEqual(['run-3', 'run-4', 'run-5', 'run-6']);
  const up = pick(down, 2, true);
  expect([...up.picked].toSorted()).toEqual(['run-2', 'run-3', 'run-4', 'run-5', 'run-6']);
  expect([...pick(pick(up, 5), 3, true).picked].toSorted()).toEqual(['run-2', 'run-6']);
});

it('a range with no beginning is the one row', () => {
  expect([...pick(nothingPicked, 7, true).picked]).toEqual(['run-7']);
});

it('rows that are not at hand are left out of a range', () => {
  const idAt = (row: number) => (row === 4 ? undefined : rows[row]);
  const from = pick(nothingPicked, 3);
  expect([...toggled(from, { index: 5, id: 'run-5', isRange: true, idAt }).picked]).toEqual(['run-3', 'run-5']);
});

it('of all that fit none can be left out: it begins anew with the one', () => {
  const all = { ...nothingPicked, all: true };
  expect(isPicked(all, 'unseen')).toBe(true);
  expect(pick(all, 2)).toEqual({ picked: new Set(['run-2']), all: false, anchor: 2 });
});

it('more than the gateway takes one by one is said', () => {
  const many = pick(pick(nothingPicked, 0), pickedMax, true);
  expect(many.picked.size).toBe(pickedMax + 1);
  expect(whyNot(many)).toContain('500');
  expect(whyNot(pick(many, 0))).toBeNull();
  expect(whyNot({ ...many, all: true })).toBeNull();
});
