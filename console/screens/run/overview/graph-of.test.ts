import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../../client/index.ts';
import { graphOf, numbersText, type GraphedRun } from './graph-of.ts';

let seq = 0;
const step = (name: string, more: Partial<TimelineStep> = {}): TimelineStep => {
  seq += 10;
  return {
    step: name,
    agent: name.split('#')[0] ?? '',
    seq,
    status: 'completed',
    delegatedBy: null,
    instructions: null,
    decision: { seq: seq - 1, at: '', iteration: 1, reason: `to ${name}`, model: null },
    ...more,
  } as TimelineStep;
};
const paths = (run: Partial<GraphedRun>) =>
  graphOf({ status: 'running', steps: [], restarts: [], ...run }).edges.map(
    ({ from, to, numbers, isDelegation, isNewest }) =>
      `${from} ${isDelegation ? '~>' : '->'} ${to} ${numbers.join(',')}${isNewest ? ' now' : ''}`,
  );

test('agents that send each other back and forth are two nodes with a numbered way each', () => {
  const steps = [step('plan#1'), step('code#1'), step('test#1'), step('code#2'), step('test#2', { status: 'running' })];
  expect(paths({ steps })).toEqual(['start: -> plan 1', 'plan -> code 2', 'code -> test 3,5 now', 'test -> code 4']);
  const { nodes, edges } = graphOf({ status: 'running', steps, restarts: [] });
  expect(nodes.map(({ id, visits, status }) => [id, visits, status])).toEqual([
    ['start:', 0, 'past'],
    ['plan', 1, 'past'],
    ['code', 2, 'past'],
    ['test', 2, 'running'],
  ]);
  expect(edges.find(({ to }) => to === 'test')?.reason).toBe('to test#2');
});

test('steps of one decision go side by side, and the next comes after all of them', () => {
  const one = step('plan#1');
  const { decision } = step('left#1');
  const steps = [one, step('left#1', { decision }), step('right#1', { decision }), step('join#1')];
  expect(paths({ steps })).toEqual([
    'start: -> plan 1',
    'plan -> left 2',
    'plan -> right 2',
    'left -> join 3 now',
    'right -> join 3 now',
  ]);
});

test('a delegation is a side way: the path goes on from who delegated', () => {
  const steps = [
    step('code#1', { status: 'delegating' }),
    step('search#1', { delegatedBy: 'code#1', decision: null, instructions: 'find it' }),
    step('review#1'),
  ];
  expect(paths({ steps })).toEqual(['start: -> code 1', 'code ~> search ', 'code -> review 2 now']);
});

test('an ended run has an end, and one that was reset begins again', () => {
  const steps = [step('plan#1'), step('code#1', { status: 'abandoned' }), step('code#1')];
  const restarts = [{ seq: (steps[2]?.seq ?? 0) - 2, label: 'reset' }];
  expect(paths({ steps, restarts, status: 'failed' })).toEqual([
    'start: -> plan 1',
    'plan -> code 2',
    'start: -> code 3',
    'code -> end: 4 now',
  ]);
});

test('many numbers are told by the first, the last, and how many', () => {
  expect(numbersText([1, 4])).toBe('1, 4');
  expect(numbersText([1, 3, 5, 7, 9, 11])).toBe('1, 3 … 11 (6×)');
});
