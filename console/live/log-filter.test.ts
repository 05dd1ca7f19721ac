import { expect, test } from 'vitest';
import type { RunEvent } from '../../client/index.ts';
import { fitting, isEmptyFilter, readFilter } from './log-filter.ts';

const event = (type: string, more: Partial<RunEvent> = {}): RunEvent => ({
  seq: 1,
  at: '',
  recordedAt: '',
  type,
  data: {},
  ...more,
});
const shows = (search: Record<string, string>, each: RunEvent) => fitting(readFilter(search))(each);

test('an address without a filter shows every event', () => {
  expect(isEmptyFilter(readFilter({ seq: '12' }))).toBe(true);
  expect(shows({}, event('agent.emitted'))).toBe(true);
});

test('a type is that type, the beginning of some, or what went wrong', () => {
  expect(shows({ type: 'agent.failed' }, event('agent.failed'))).toBe(true);
  expect(shows({ type: 'agent.failed' }, event('agent.attempt_failed'))).toBe(false);
  expect(shows({ type: 'question.' }, event('question.asked'))).toBe(true);
  const types = ['agent.attempt_failed', 'run.timed_out', 'question.expired', 'agent.completed', 'run.started'];
  expect(types.map((type) => shows({ type: 'failures' }, event(type)))).toEqual([true, true, true, false, false]);
});

test('agent, step and text must all fit, and text is looked for in the data, too', () => {
  const emitted = event('agent.emitted', {
    agent: 'coder',
    step: 'coder#2',
    data: { kind: 'log', line: 'Hello There' },
  });
  expect(shows({ agent: 'coder', step: 'coder#2', q: ' hello there ' }, emitted)).toBe(true);
  expect(shows({ agent: 'coder', step: 'coder#1' }, emitted)).toBe(false);
  expect(shows({ agent: 'coder', q: 'goodbye' }, emitted)).toBe(false);
});
