import { expect, test } from 'vitest';
import { changedSearch } from '../../parts/address-search.ts';
import { toEvents, toStep } from './run-address.ts';

const before = { act: 'fork', selectedStep: 'a#2', stepSeq: '9', zoom: '0-50', type: 'failures', q: 'x', seq: '7' };

test('what is not changed stays, and what is taken away leaves nothing behind', () => {
  expect(changedSearch(before, {})).toEqual(before);
  expect(changedSearch({ act: 'fork', q: 'x' }, { act: null, q: '' })).toEqual({});
});

test('on the way to a step the act that is prepared and the filters of the log stay', () => {
  expect(changedSearch(before, toStep('b#1'))).toEqual({
    act: 'fork',
    selectedStep: 'b#1',
    type: 'failures',
    q: 'x',
    seq: '7',
  });
});

test('nothing hides an event, or the events of a step, that one is led to', () => {
  const { type: _, q: __, seq: ___, ...rest } = before;
  expect(changedSearch(before, toEvents({ seq: 12 }))).toEqual({ ...rest, seq: '12' });
  expect(changedSearch(before, toEvents({ step: 'a#1' }))).toEqual({ ...rest, step: 'a#1' });
});
