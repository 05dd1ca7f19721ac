import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../client/index.ts';
import { alignSteps } from './align-steps.ts';

const step = (name: string, seq: number, more: Partial<TimelineStep> = {}) =>
  ({
    step: name,
    seq,
    status: 'completed',
    result: 1,
    update: null,
    error: null,
    instructions: null,
    ...more,
  }) as TimelineStep;
const told = (pairs: ReturnType<typeof alignSteps>) => pairs.map(({ step: name, how }) => `${name} ${how}`);

test('steps stand beside those of the same name; what only one run has stands in its place', () => {
  const left = [step('a#1', 1), step('b#1', 5), step('c#1', 9)];
  const right = [step('a#1', 1), step('x#1', 4), step('c#1', 8, { result: 2 }), step('d#1', 12)];
  const pairs = alignSteps(left, right, null);
  expect(told(pairs)).toEqual(['a#1 same', 'b#1 left', 'x#1 right', 'c#1 differs', 'd#1 right']);
  expect(pairs[3]?.differences).toEqual(['result']);
  expect(told(alignSteps([], right, null))).toEqual(['a#1 right', 'x#1 right', 'c#1 right', 'd#1 right']);
});

test('a step that a reset has repeated stands beside its own repetition', () => {
  const left = [step('a#1', 1, { status: 'failed' }), step('a#1', 7)];
  const right = [step('a#1', 1), step('a#1', 6), step('a#1', 9)];
  expect(told(alignSteps(left, right, null))).toEqual(['a#1 differs', 'a#1 same', 'a#1 right']);
});

test('what was before a fork is the past of both', () => {
  const original = [step('a#1', 2), step('b#1', 6, { status: 'failed', error: { code: 'x', message: 'y' } })];
  const fork = [step('b#1', 2), step('c#1', 5)];
  const pairs = alignSteps(original, fork, { original: 'left', seq: 5 });
  expect(told(pairs)).toEqual(['a#1 past', 'b#1 differs', 'c#1 right']);
  expect(pairs[1]?.differences).toEqual(['status', 'error']);
  expect(told(alignSteps(fork, original, { original: 'right', seq: 5 }))).toEqual([
    'a#1 past',
    'b#1 differs',
    'c#1 left',
  ]);
});

test('steps that cross are each told once', () => {
  const [ab, ba] = [
    [step('a#1', 1), step('b#1', 2)],
    [step('b#1', 1), step('a#1', 2)],
  ];
  expect(told(alignSteps(ab, ba, null)).toSorted()).toEqual(['a#1 same', 'b#1 same']);
});

test('a large value is compared by what is shown of it, for its blob has another name in each run', () => {
  const stored = (ref: string) => ({ preview: 'abc', blob: { ref, bytes: 40_000, type: 'application/json' } });
  const pairs = alignSteps(
    [step('a#1', 1, { result: stored('l-1') })],
    [step('a#1', 1, { result: stored('r-9') })],
    null,
  );
  expect(told(pairs)).toEqual(['a#1 same']);
});
