import { expect, it } from 'vitest';
import { emptyState, fold } from '../../run-fold.ts';
import type { RunEvent } from '../../types.ts';
import type { WatchItem } from '../../watch-run.ts';
import { noColours } from '../render/theme.ts';
import { isCaughtUp, takeItem, watchModel } from './watch-model.ts';

it('says once that the connection is lost, and once that it is back', () => {
  const model = watchModel(emptyState('r'), 0);
  const open: WatchItem = { kind: 'transport', status: 'open', transport: 'websocket' };
  const lost: WatchItem = {
    kind: 'transport',
    status: 'lost',
    transport: 'websocket',
    reason: 'it broke',
    retryInMs: 200,
  };
  const said = [open, lost, lost, lost, open, lost].map(
    (item) => takeItem(model, item, { theme: noColours, columns: 80 }).asides,
  );
  expect(said).toEqual([
    [],
    ['it broke; trying again until it is back'],
    [],
    [],
    ['connected again (websocket)'],
    ['it broke; trying again until it is back'],
  ]);
});

const options = { theme: noColours, columns: 80 };
const at = '2026-01-01T00:00:00.000Z';
const question = (id: string) => ({ question: { id, run: 'r', message: '?', status: 'open', answers: [] } });
const log = (
  [
    ['run.started', { blueprint: 'b', input: {} }],
    ['agent.started', {}],
    ['question.asked', question('q-1')],
    ['question.answered', { question: 'q-1', by: 'ann', answer: 1, have: 1, need: 1 }],
    ['agent.attempt_failed', { code: 'x', message: 'y' }],
    ['question.asked', question('q-2')],
  ] as const
).map(([type, data], index): RunEvent => ({
  seq: index + 1,
  at,
  recordedAt: at,
  type,
  agent: 'a',
  step: 'a#1',
  attempt: 1,
  data,
}));
const stateAt = (seq: number) => log.slice(0, seq).reduce(fold, emptyState('r'));

it('of a log that is replayed, says how to answer only what is still open', () => {
  const model = watchModel(stateAt(6), 0);
  const asides = log.map((event) => takeItem(model, { kind: 'event', event }, options).asides);
  expect(asides.flat()).toEqual(['baton answer r q-2']);
});

it('says how to answer what is asked while it watches, at once', () => {
  const model = watchModel(stateAt(2), 2);
  const asides = log.slice(2).map((event) => takeItem(model, { kind: 'event', event }, options).asides);
  expect(asides).toEqual([['baton answer r q-1'], [], [], ['baton answer r q-2']]);
});

it('knows the state of now while it replays, and has caught up at its end', () => {
  const model = watchModel(stateAt(4), 0);
  const caughtUp = log.map((event) => {
    takeItem(model, { kind: 'event', event }, options);
    return isCaughtUp(model);
  });
  expect(caughtUp).toEqual([false, false, false, true, true, true]);
  expect(model.state).toEqual(stateAt(6));
});

it('knows which steps had an attempt that failed, until they are called anew', () => {
  const model = watchModel(emptyState('r'), 0);
  const failing = (events: RunEvent[]) => {
    for (const event of events) takeItem(model, { kind: 'event', event }, options);
    return [...model.failing];
  };
  expect(failing(log.slice(0, 4))).toEqual([]);
  expect(failing(log.slice(4))).toEqual(['a#1']);
  expect(failing([{ ...(log[1] as RunEvent), seq: 7 }])).toEqual([]);
});

it('goes on from what the log has now where it was disturbed', () => {
  const model = watchModel(stateAt(6), 6);
  takeItem(model, { kind: 'gap', from: 4, to: 6 }, options);
  takeItem(model, { kind: 'snapshot', state: { ...stateAt(4), source: 'log' } }, options);
  expect(model.state.lastSeq).toBe(4);
  const news: RunEvent = { ...(log[4] as RunEvent), type: 'run.cancelling', data: { by: 'ann', mode: 'now' } };
  takeItem(model, { kind: 'event', event: news }, options);
  expect(model.state).toMatchObject({ status: 'cancelling', lastSeq: 5 });
});

it('shows a stuck run as running once it goes on', () => {
  const model = watchModel({ ...stateAt(2), status: 'stuck' }, 0);
  for (const event of log.slice(0, 2)) takeItem(model, { kind: 'event', event }, options);
  expect(model.state.status).toBe('stuck');
  const news: RunEvent = { ...(log[4] as RunEvent), seq: 3 };
  takeItem(model, { kind: 'event', event: news }, options);
  expect(model.state.status).toBe('running');
});
