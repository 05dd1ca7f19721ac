import { expect, test } from 'vitest';
import type { TimelineStep } from '../../client/index.ts';
import { unsettledAfter, withPage } from './timeline-steps.ts';

const step = (seq: number, endedAt: string | null = 'then') => ({ seq, endedAt }) as TimelineStep;
const seqs = (steps: readonly TimelineStep[]) => steps.map(({ seq }) => seq);

test('pages make one list, in the order of the log', () => {
  const first = withPage([], 0, { steps: [step(3), step(9)] });
  expect(seqs(withPage(first, 9, { steps: [step(20)] }))).toEqual([3, 9, 20]);
});

test('only what may still change is asked for again, and is replaced by what comes', () => {
  const held = [step(3), step(9, null), step(20)];
  const after = unsettledAfter(held);
  expect(after).toBe(8);
  const fresh = withPage(held, after, { steps: [step(9), step(20), step(31, null)] });
  expect(seqs(fresh)).toEqual([3, 9, 20, 31]);
  expect(fresh[1]?.endedAt).toBe('then');
});

test('of a run whose steps are all over, only steps to come are asked for', () => {
  const held = [step(3), step(9)];
  expect(unsettledAfter(held)).toBe(9);
  expect(withPage(held, 9, { steps: [] })).toBe(held);
  expect(unsettledAfter([])).toBe(0);
});
