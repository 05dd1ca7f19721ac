import { expect, test } from 'vitest';
import { eventText } from './event-text.ts';

const text = (type: string, data: Record<string, unknown>) => eventText({ seq: 1, at: '', recordedAt: '', type, data });

test('an event is told in its own words where it has some', () => {
  expect(text('supervisor.decided', { goto: 'coder', reason: 'the plan says so' })).toBe('the plan says so');
  expect(text('run.failed', { error: { code: 'agent_failed', message: 'no disk' } })).toBe('no disk');
  expect(text('question.asked', { question: { id: 'q', message: 'Go on?' } })).toBe('Go on?');
});

test('what an agent emits is told by its kind, then its words or its data', () => {
  expect(text('agent.emitted', { kind: 'log', message: 'hello' })).toBe('log  hello');
  expect(text('agent.emitted', { kind: 'page', url: 'http://x' })).toBe('page  {"url":"http://x"}');
});

test('one without words is told by its data, one without data by nothing, a long one in part', () => {
  expect(text('agent.started', {})).toBe('');
  expect(text('agent.progressed', { fraction: 0.5 })).toBe('{"fraction":0.5}');
  expect(text('agent.emitted', { message: 'x'.repeat(9_000) })).toHaveLength(300);
});
