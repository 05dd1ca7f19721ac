import { expect, test } from 'vitest';
import { answered, eventOf, person } from '../../../test/fixtures/ki-log.ts';
import { initialState } from './ki-state.ts';
import type { KiMessage } from './message.ts';
import { Place } from './place.ts';
import { kiTranslation } from './translation.ts';

const log = [
  { type: 'supervisor.decided', data: { goto: 'hitl_agent', iteration: 1, reason: 'ask' } },
  { type: 'agent.started', ...person },
  { type: 'question.asked', data: { question: { id: 'q-9' } } },
  answered('reject'),
  { type: 'agent.completed', ...person },
  { type: 'supervisor.decided', data: { goto: 'end', iteration: 2, reason: 'it was rejected' } },
  { type: 'run.completed', data: { result: { status: 'rejected' } } },
  { type: 'run.continued', data: { input: {} } },
  { type: 'supervisor.decided', data: { goto: 'end', iteration: 1, reason: 'nothing to do' } },
  { type: 'run.cancelled', data: {} },
].map((draft, index) => eventOf(draft, index + 1));

/** What somebody is told who comes with a number when the log has so many events. */
function told(after: number, events: number, options: { isLive?: boolean; afterSeq?: number } = {}): KiMessage[] {
  const place = new Place({ after, ...options });
  let state = initialState('s-41');
  return log.slice(0, events).flatMap((event) => {
    const step = kiTranslation.event(state, event);
    state = step.state;
    const frames = step.messages.map((message) => ({ message, text: '' }));
    return place.unseen(frames, event, options.isLive ?? false).map(({ message }) => message);
  });
}

const numberIn = (messages: readonly KiMessage[], otherwise: number) =>
  messages.reduce((last, message) => ('seq' in message ? message.seq : last), otherwise);

test('whoever asks again and again, after whichever event, is told everything once and in order', () => {
  const whole = told(0, log.length);
  expect(whole.filter(({ type }) => type === 'workflow_complete')).toHaveLength(2);
  expect(whole.filter(({ type }) => type === 'hitl_resolved')).toHaveLength(1);
  for (let first = 0; first <= log.length; first++) {
    for (let second = first; second <= log.length; second++) {
      const one = told(0, first);
      const two = told(numberIn(one, 0), second);
      const three = told(numberIn(two, numberIn(one, 0)), log.length);
      expect([...one, ...two, ...three]).toEqual(whole);
    }
  }
});

test('what has no number is told with the one before it, and what a person decided with the one after', () => {
  expect(told(4, log.length)[0]).toMatchObject({ type: 'supervisor_decision', seq: 5 });
  expect(told(3, log.length).slice(0, 2)).toMatchObject([
    { type: 'hitl_resolved' },
    { type: 'command_routing', seq: 4 },
  ]);
  expect(told(6, 7)).toEqual([]);
  expect(told(5, 7)).toMatchObject([{ type: 'command_routing', seq: 6 }, { type: 'workflow_complete' }]);
});

test('what happens now is told whatever number was named; what was told before the log was joined is not', () => {
  expect(told(1_000, log.length, { isLive: true })).toEqual(told(0, log.length));
  expect(told(0, log.length, { isLive: true, afterSeq: 7 })).toEqual(told(6, log.length));
});
