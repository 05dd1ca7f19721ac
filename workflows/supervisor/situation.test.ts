import { expect, test } from 'vitest';
import type { StepOutcome } from '../../protocol/execution.ts';
import { emptyState } from '../../protocol/fold.ts';
import { situationEntries, situationInputCharacters } from '../../protocol/limits.ts';
import { inBrief, situationOf } from './situation.ts';

const huge = 'x'.repeat(1_000_000);

test('it tells what was asked for, what is known, who has worked and how the last steps ended', () => {
  const state = { ...emptyState('r'), iteration: 2, context: { mood: 'grim', facts: ['a', 'b'] } };
  const last: StepOutcome[] = [
    { agent: 'writer', step: 'writer#1', status: 'completed', result: { text: 'Iron' } },
    { agent: 'player', step: 'player#3', status: 'failed', error: { code: 'agent_failed', message: 'no' } },
  ];
  const decisions = [{ goto: 'writer', reason: 'first' }];
  expect(situationOf(state, { task: 'a poem', last, decisions })).toEqual({
    task: 'a poem',
    iteration: 3,
    context: { mood: 'grim', facts: '["a","b"]' },
    agents: [],
    answers: [],
    decisions,
    last: [
      { agent: 'writer', step: 'writer#1', status: 'completed', outcome: '{"text":"Iron"}' },
      { agent: 'player', step: 'player#3', status: 'failed', outcome: 'agent_failed: no' },
    ],
  });
});

test('it stays small, however large the run is', () => {
  const context = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`key${index}`, huge.slice(0, 9_999)]),
  );
  const last: StepOutcome[] = [{ agent: 'writer', step: 'writer#1', status: 'completed', result: { text: huge } }];
  const decisions = Array.from({ length: 100 }, () => ({ goto: 'writer', reason: 'again' }));
  const situation = situationOf({ ...emptyState('r'), context }, { task: { huge }, last, decisions });
  expect(JSON.stringify(situation).length).toBeLessThan(32 * 1024);
  expect(Object.keys(situation.context)).toHaveLength(situationEntries);
  expect(situation.task).toContain(`more characters)`);
});

test('what is cut in the middle of a character stays text, and what is no JSON is told as nothing', () => {
  const cut = inBrief(`${'x'.repeat(situationInputCharacters - 1)}😀`, situationInputCharacters);
  expect(cut.isWellFormed()).toBe(true);
  expect(inBrief(undefined, 10)).toBe('nothing');
});
