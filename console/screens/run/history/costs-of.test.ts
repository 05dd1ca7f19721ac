import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../../client/index.ts';
import { costsOf, costText } from './costs-of.ts';

const step = (name: string, inputTokens: number, cost: number | null) =>
  ({ step: name, agent: name.split('#')[0], usage: { inputTokens, outputTokens: 1 }, cost }) as unknown as TimelineStep;

test('agents are told with the sum of their steps, the dearest first, and so are their steps', () => {
  const costs = costsOf([step('a#1', 10, 0.1), step('b#1', 5, 0.5), step('a#2', 30, 0.2)]);
  expect(costs.map(({ name, steps, inputTokens, cost }) => [name, steps, inputTokens, cost])).toEqual([
    ['b', 1, 5, 0.5],
    ['a', 2, 40, expect.closeTo(0.3) as number],
  ]);
  expect(costs[1]?.bySteps.map(({ name }) => name)).toEqual(['a#2', 'a#1']);
});

test('without a price there is no cost, and without tokens no line', () => {
  const none = { ...step('c#1', 0, 0), usage: { inputTokens: 0, outputTokens: 0 } };
  expect(costsOf([step('a#1', 10, null), step('a#2', 10, 0.5), none])).toMatchObject([{ name: 'a', cost: null }]);
  expect([null, 0, 0.00123, 1.5].map(costText)).toEqual(['–', '0', '0.0012', '1.50']);
});
