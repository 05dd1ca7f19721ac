import { expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { messagesOf } from './messages-of.ts';

function log(first: number, ...events: Partial<RunEvent>[]): RunEvent[] {
  const rest = { type: 'agent.emitted', at: '', recordedAt: '', data: {} };
  return events.map((event, index) => ({ ...rest, seq: first + index, ...event }));
}

const started = (step: string) => ({ type: 'agent.started', step });
const reset = (toStep: string | null) => ({ type: 'run.reset', data: { toStep } });
const told = (events: readonly RunEvent[]) => events.map(({ seq }) => messagesOf(events)(seq));

test('a message reaches to the next one', () => {
  const events = log(1, { type: 'run.started' }, started('a#1'), { type: 'run.continued' }, started('a#2'));
  expect(told(events)).toEqual([1, 1, 3, 3]);
});

test('a reset goes back to the message of its step, and what follows it belongs there', () => {
  const session = [{ type: 'run.started' }, started('a#1'), { type: 'run.continued' }, started('a#2')];
  const events = log(1, ...session, reset('a#1'), started('a#1'), { type: 'run.retried' }, reset('a#2'), reset(null));
  expect(told(events)).toEqual([1, 1, 3, 3, 1, 1, 1, 3, 3]);
});

test('of a log that is cut off, what is missing belongs to what is there first', () => {
  const events = log(7, started('a#2'), { type: 'run.continued' }, reset('a#1'));
  expect(told(events)).toEqual([7, 8, 8]);
  expect([0, 3, 99].map(messagesOf(events))).toEqual([7, 7, 8]);
  expect(messagesOf([])(1)).toBe(0);
});
