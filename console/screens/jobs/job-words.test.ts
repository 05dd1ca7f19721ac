import { expect, it } from 'vitest';
import { filterWords, fractionOf, previewWords, progressWords, searchOf } from './job-words.ts';

it('a filter of a job is the address of its runs', () => {
  expect(searchOf({ status: ['failed', 'stuck'], waiting: false, 'attr.x': 'y' })).toEqual({
    status: 'failed,stuck',
    waiting: 'false',
    'attr.x': 'y',
  });
  expect(filterWords({ status: ['failed'], code: 'c' })).toBe('status=failed code=c');
  expect(filterWords({})).toBe('every run');
  expect(filterWords({ ids: ['a', 'b', 'c', 'd'] })).toBe('4 runs that were picked');
});

it('says how far a job is', () => {
  const counts = { done: 2, refused: 1, failed: 1 };
  const selected = { count: 8, byStatus: {} };
  expect(progressWords({ selected, counts, endedAt: null })).toBe('4 of 8');
  expect(fractionOf({ selected, counts })).toBe(0.5);
  expect(progressWords({ selected: null, counts, endedAt: null })).toBe('finding the runs');
  expect(fractionOf({ selected: null, counts })).toBe(0);
});

it('takes together what the runs of a sample would repeat, ask again and refuse', () => {
  const from = { step: null, seq: 1 };
  const repeats = (agent: string, repeatable: boolean) => ({
    step: `${agent}#1`,
    agent,
    startedAttempts: 1,
    repeatable,
  });
  const sample = [
    { prediction: { repeats: [repeats('a', true), repeats('b', true)], questions: [], from }, refused: null },
    {
      prediction: { repeats: [repeats('b', false)], questions: [{ id: 'q', kind: 'k', step: null }], from },
      refused: null,
    },
    { prediction: null, refused: { code: 'run_not_ended', message: 'run x is running' } },
  ].map((each, index) => ({ run: `run-${index}`, status: 'failed' as const, ...each }));
  expect(previewWords(sample)).toEqual({
    repeats: [
      { agent: 'b', steps: 2, isSafe: false },
      { agent: 'a', steps: 1, isSafe: true },
    ],
    questions: [{ kind: 'k', count: 1 }],
    refused: [{ code: 'run_not_ended', count: 1, message: 'run x is running' }],
  });
});
