import { expect, test } from 'vitest';
import { deedAfter, deedOf, deedWords } from './moved-words.ts';

test('a refusal names who was faster, with what', () => {
  const deed = deedOf({ by: 'ben', what: 'run.reset', at: '2026-11-21T21:00:00.000Z', seq: 12, run: 'r' });
  expect(deed && deedWords(deed)).toBe('ben has reset the run');
  expect(deedOf({ run: 'r' })).toBeNull();
  expect(deedWords({ by: 'ben', what: 'run.painted', at: '', seq: 1 })).toBe('ben did run.painted');
});

test('what nobody did, and what was done before, does not count', () => {
  const mark = (seq: number, type: string, by: string | null) => ({ seq, type, by, at: '' });
  const marks = [mark(3, 'run.paused', 'ann'), mark(7, 'run.failed', null), mark(9, 'run.unpaused', 'ben')];
  expect(deedAfter(marks, 3)).toMatchObject({ by: 'ben', seq: 9 });
  expect(deedAfter(marks, 9)).toBeNull();
});
