import { describe, expect, test } from 'vitest';
import { runStatuses, type RunStatus } from '../../../../protocol/schemas/state.ts';
import { actNames, acts, foremostActs, offeredActs, stepsFor, type ActFacts, type ActName } from './acts.ts';

const facts = (status: RunStatus, more: Partial<ActFacts> = {}): ActFacts => ({
  status,
  isPaused: status === 'paused',
  hasSteps: true,
  pending: [],
  ...more,
});
const possible = (given: ActFacts) => actNames.filter((act) => acts[act].whyNot(given) === null);

const always: ActName[] = ['fork', 'verify', 'export', 'delete'];
const afterEnd: ActName[] = ['resume', 'retry', 'reset', 'message', ...always];
const expected: Record<RunStatus, ActName[]> = {
  pending: ['begin', 'reset', 'pause', 'cancel', 'terminate', ...always],
  running: ['reset', 'pause', 'cancel', 'terminate', ...always],
  waiting: ['reset', 'pause', 'cancel', 'terminate', ...always],
  paused: ['reset', 'unpause', 'cancel', 'terminate', ...always],
  stuck: ['reset', 'pause', 'cancel', 'terminate', ...always],
  cancelling: ['terminate', ...always],
  completed: ['retry', 'reset', 'message', ...always],
  failed: afterEnd,
  cancelled: afterEnd,
  terminated: afterEnd,
  timed_out: afterEnd,
};

test.each(runStatuses)('a run that is %s: what may be done, and why the rest may not', (status) => {
  expect(possible(facts(status)).toSorted()).toEqual(expected[status].toSorted());
  for (const act of actNames)
    if (!expected[status].includes(act)) expect(acts[act].whyNot(facts(status)), act).toMatch(/^[A-Z].*\.$/);
});

describe('steps', () => {
  const pending = [
    { step: 'a#1', state: 'at_work' },
    { step: 'b#1', state: 'backoff' },
    { step: 'c#1', state: 'paused' },
    { step: 'd#1', state: 'cancelling' },
  ] as const;

  test('each act on a step is about those that stand so', () => {
    expect(stepsFor('pause-step', pending)).toEqual(['a#1', 'b#1']);
    expect(stepsFor('retry-step', pending)).toEqual(['b#1', 'c#1']);
    expect(stepsFor('unpause-step', pending)).toEqual(['c#1']);
    expect(stepsFor('cancel', pending)).toEqual([]);
    expect(possible(facts('running', { pending }))).toEqual(
      expect.arrayContaining(['retry-step', 'pause-step', 'unpause-step']),
    );
  });

  test('while it is not known how they stand, none is acted on; without one there is no reset', () => {
    const unknown = facts('running', { pending: null, hasSteps: false });
    expect(acts['retry-step'].whyNot(unknown)).toContain('not known yet');
    expect(acts.reset.whyNot(unknown)).toBe('No step has begun yet.');
    expect(acts['pause-step'].whyNot(facts('failed', { pending: null }))).toBe('It has ended.');
  });
});

test('ops are offered everything, owners what is theirs, everybody else nothing', () => {
  const me = (name: string, ...roles: string[]) => ({ name, roles, authenticated: true });
  expect(offeredActs(me('olga', 'ops'), 'ann')).toEqual(actNames);
  expect(offeredActs(me('ann', 'client', 'human'), 'ann')).toEqual(['begin', 'message', 'export', 'cancel']);
  expect(offeredActs(me('ben', 'client'), 'ann')).toEqual([]);
  expect(offeredActs(me('ann', 'human'), 'ann')).toEqual([]);
  expect(offeredActs(undefined, null)).toEqual([]);
});

test('what comes first is always something that may be done', () => {
  for (const status of runStatuses)
    for (const isPaused of [false, true]) {
      const given = facts(status, { isPaused });
      const first = foremostActs(given, actNames);
      expect(first.length, status).toBeGreaterThan(0);
      expect(possible(given)).toEqual(expect.arrayContaining(first));
    }
  expect(foremostActs(facts('running', { isPaused: true }), actNames)).toEqual(['unpause', 'cancel']);
  expect(foremostActs(facts('failed'), ['cancel', 'export'])).toEqual([]);
});
