import { expect, test } from 'vitest';
import { emptyState } from './fold.ts';
import { foldUntilFailure, foldUntilStep } from './fold-until-step.ts';
import type { EventType, RunEvent } from './schemas/event.ts';

const at = '2026-01-01T00:00:00.000Z';

/** `type step? data`, numbered. */
function logOf(...entries: [EventType, string | null, Record<string, unknown>?][]): RunEvent[] {
  return entries.map(([type, step, data = {}], index) => ({
    seq: index + 1,
    at,
    recordedAt: at,
    type,
    ...(step === null ? {} : { step, agent: step.slice(0, step.indexOf('#')) }),
    data,
  }));
}

const begin = () => ({ state: emptyState('r'), last: [] });
const decided = (goto: string | string[], iteration: number): [EventType, null, Record<string, unknown>] => [
  'supervisor.decided',
  null,
  { goto, iteration },
];
const failedBy = (code: string) => ({ error: { code, message: 'it failed' } });

test('a run stands before the decision on a step, with what the steps before came to', () => {
  const log = logOf(
    ['run.started', null, { blueprint: 'b' }],
    decided('a', 1),
    ['agent.started', 'a#1'],
    ['agent.completed', 'a#1', { result: 7, update: { a: 7 } }],
    decided('b', 2),
    ['agent.started', 'b#1'],
  );
  const point = foldUntilStep(begin(), log, 'b#1');
  expect(point).toMatchObject({ state: { lastSeq: 4, iteration: 1, context: { a: 7 } } });
  expect(point?.last).toEqual([{ agent: 'a', step: 'a#1', status: 'completed', result: 7 }]);
  expect(foldUntilStep(begin(), log, 'c#1')).toBeNull();
});

test('a failed run stands before the step that failed it', () => {
  const log = logOf(
    ['run.started', null, { blueprint: 'b' }],
    decided('a', 1),
    ['agent.started', 'a#1'],
    ['agent.completed', 'a#1', { result: 1 }],
    decided('b', 2),
    ['agent.started', 'b#1'],
    ['agent.failed', 'b#1', failedBy('agent_failed')],
    ['run.failed', null, { error: { code: 'agent_failed', message: 'it failed', step: 'b#1' } }],
  );
  expect(foldUntilFailure(begin(), log)).toMatchObject({ step: 'b#1', state: { lastSeq: 4, status: 'running' } });
});

test('a step whose failure was passed on by later decisions is the one that failed the run', () => {
  const log = logOf(
    ['run.started', null, { blueprint: 'b' }],
    decided('a', 1),
    ['agent.started', 'a#1'],
    ['agent.failed', 'a#1', failedBy('no_mcp_server')],
    decided('b', 2),
    ['agent.started', 'b#1'],
    ['agent.completed', 'b#1', { result: 'told' }],
    decided('end', 3),
    ['run.failed', null, failedBy('no_mcp_server')],
  );
  expect(foldUntilFailure(begin(), log)).toMatchObject({ step: 'a#1', state: { lastSeq: 1 } });
});

test('a step that was open when the run was terminated is where it failed', () => {
  const log = logOf(
    ['run.started', null, { blueprint: 'b' }],
    decided(['a', 'b'], 1),
    ['agent.started', 'a#1'],
    ['agent.started', 'b#1'],
    ['agent.completed', 'a#1', { result: 1 }],
    ['run.terminated', null, { by: 'olga', reason: '' }],
  );
  expect(foldUntilFailure(begin(), log)).toMatchObject({ step: 'b#1', state: { lastSeq: 1 } });
});

test('where no step failed, what follows the last step is decided anew', () => {
  const steps = [
    ['run.started', null, { blueprint: 'b' }],
    decided('a', 1),
    ['agent.started', 'a#1'],
    ['agent.completed', 'a#1', { result: 1 }],
  ] as Parameters<typeof logOf>;
  const limit = logOf(...steps, ['run.failed', null, failedBy('iteration_limit')]);
  const ended = logOf(...steps, decided('end', 2), ['run.failed', null, failedBy('policy_failed')]);
  for (const log of [limit, ended]) {
    const point = foldUntilFailure(begin(), log);
    expect(point).toMatchObject({ step: null, state: { lastSeq: 4, iteration: 1, error: null } });
    expect(point.last).toEqual([{ agent: 'a', step: 'a#1', status: 'completed', result: 1 }]);
  }
});

test('an execution without a step of its own stands where it began', () => {
  const last = [{ agent: 'a', step: 'a#1', status: 'completed' as const, result: 1 }];
  const log = logOf(['run.terminated', null, { by: 'olga' }]);
  expect(foldUntilFailure({ state: { ...emptyState('r'), iteration: 4 }, last }, log)).toMatchObject({
    step: null,
    last,
    state: { iteration: 4 },
  });
});

test('a step that nobody decided on, a relay’s, has failed by what ended the run while it was open', () => {
  const log = logOf(
    ['run.started', null, { blueprint: 'relay' }],
    ['agent.started', 'publisher#1'],
    ['agent.emitted', 'publisher#1'],
    ['run.terminated', null, { by: 'olga' }],
  );
  expect(foldUntilFailure(begin(), log)).toMatchObject({ step: 'publisher#1', state: { lastSeq: 1, agents: {} } });
});
