import { expect, it } from 'vitest';
import { atWords, tookMs, waitWords } from './run-words.ts';

it('says where a run is, or what it failed with and where', () => {
  expect(atWords({ status: 'running', current: ['a#1', 'b#2'], failure: null })).toBe('a#1, b#2');
  const failure = { code: 'agent_timeout', step: 'a#1', build: null };
  expect(atWords({ status: 'failed', current: [], failure })).toBe('agent_timeout in a#1');
  expect(atWords({ status: 'failed', current: [], failure: { ...failure, step: null } })).toBe('agent_timeout');
  expect(atWords({ status: 'pending', current: [], failure: null })).toBe('to begin');
});

it('says what a person is asked', () => {
  const question = { id: 'q', kind: 'crawl.limit', message: 'Go on?' };
  expect(waitWords({ openQuestions: [] })).toBe('');
  expect(waitWords({ openQuestions: [question] })).toBe('Go on?');
  expect(waitWords({ openQuestions: [{ ...question, message: '' }, question] })).toBe('crawl.limit (and 1 more)');
});

it('an open run has taken until now, an ended one until its end', () => {
  const startedAt = '2026-01-01T00:00:00.000Z';
  expect(tookMs({ startedAt, endedAt: '2026-01-01T00:00:05.000Z' }, Infinity)).toBe(5_000);
  expect(tookMs({ startedAt, endedAt: null }, Date.parse(startedAt) + 7_000)).toBe(7_000);
  expect(tookMs({ startedAt, endedAt: null }, 0)).toBe(0);
});
