import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { costOf, sumCosts } from './model-cost.ts';
import type { CallFacts, OpenCall } from './step-record.ts';
import { stepView } from './step-view.ts';
import { TimelineFold } from './timeline-fold.ts';

const atSecond = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
const place = { agent: 'smith', step: 'smith#1' };

/** Each event a second after the one before, unless it says when. */
function foldOf(...drafts: (Partial<RunEvent> & { type: string; second?: number })[]): TimelineFold {
  const fold = new TimelineFold();
  drafts.forEach(({ second, ...draft }, index) => {
    const at = atSecond(second ?? index);
    fold.take({ seq: index + 1, at, recordedAt: at, data: {}, ...draft });
  });
  return fold;
}
const call = (facts: Partial<CallFacts>): CallFacts => ({
  step: 'smith#1',
  attemptBase: 0,
  seq: 3,
  scheduledAt: atSecond(1),
  started: null,
  closed: null,
  ...facts,
});
const began = (attempt: number, second: number) => ({ attempt, at: atSecond(second), worker: 'w', lastFailure: null });
const viewOf = (fold: TimelineFold, open: OpenCall | null = null) => {
  const [record] = fold.steps;
  if (!record) throw new Error('there is no step');
  return stepView(record, { open, prices: {}, model: null });
};
const decided = { type: 'supervisor.decided', data: { iteration: 1, goto: 'smith', reason: 'it is time' } };
const started = { ...place, type: 'agent.started', attempt: 1 };
const completed = { ...place, type: 'agent.completed', attempt: 1, data: { result: 1 } };

describe('a step of the timeline', () => {
  it('says which decision led to it, how long it took and what came of it', () => {
    const usage = { inputTokens: 5, outputTokens: 2 };
    const fold = foldOf(decided, started, { ...completed, data: { result: { a: 1 }, update: { b: 2 }, usage } });
    expect(viewOf(fold)).toMatchObject({
      step: 'smith#1',
      seq: 2,
      status: 'completed',
      decision: { seq: 1, reason: 'it is time', iteration: 1, model: null },
      durationMs: 1_000,
      result: { a: 1 },
      update: { b: 2 },
      usage,
      cost: null,
    });
  });

  it('tells attempts with their errors, and what passed between them', () => {
    const failed = {
      ...place,
      type: 'agent.attempt_failed',
      attempt: 1,
      data: { code: 'model_limited', message: 'slow down' },
    };
    const fold = foldOf(decided, started, { ...failed, second: 3 }, { ...completed, attempt: 2, second: 9 });
    fold.addCall(call({ started: began(2, 7), closed: { at: atSecond(9), outcome: 'completed' } }));
    expect(viewOf(fold)).toMatchObject({
      attempts: [
        { attempt: 1, outcome: 'failed', endedAt: atSecond(3), error: { code: 'model_limited', message: 'slow down' } },
        { attempt: 2, outcome: 'completed', startedAt: atSecond(7), durationMs: 2_000, error: null, worker: 'w' },
      ],
      waitedMs: { backoff: 4_000, queue: 0 },
    });
  });

  it('tells what the server says of an attempt that wrote nothing before its worker died', () => {
    const fold = foldOf(decided, started, { ...completed, attempt: 2, second: 9 });
    const lastFailure = { code: 'agent_timeout', message: 'activity Heartbeat timeout' };
    fold.addCall(call({ started: { ...began(2, 7), lastFailure }, closed: { at: atSecond(9), outcome: 'completed' } }));
    expect(viewOf(fold).attempts[0]).toMatchObject({ attempt: 1, outcome: 'lost', error: lastFailure, endedAt: null });
  });

  it('tells how long it waited for people, in the queue, and while it was paused', () => {
    const question = { id: 'q-3', kind: 'k', message: 'Shall it?' };
    const fold = foldOf(
      decided,
      started,
      { ...place, type: 'question.asked', data: { question }, second: 5 },
      {
        ...place,
        type: 'question.answered',
        data: { question: 'q-3', by: 'olga', onBehalfOf: 'ann', answer: 1, have: 1, need: 1 },
        second: 65,
      },
      { ...place, type: 'step.paused', data: { by: 'olga' }, second: 70 },
      { ...place, type: 'step.unpaused', data: { by: 'olga' }, second: 72 },
      { ...completed, attempt: 2, second: 80 },
    );
    fold.addCall(call({ started: began(1, 4), closed: { at: atSecond(5), outcome: 'completed' } }));
    fold.addCall(
      call({
        attemptBase: 1,
        scheduledAt: atSecond(65),
        started: began(1, 66),
        closed: { at: atSecond(80), outcome: 'completed' },
      }),
    );
    expect(viewOf(fold)).toMatchObject({
      waitedMs: { person: 60_000, queue: 4_000, paused: 2_000, backoff: 0, delegation: 0 },
      questions: [
        { id: 'q-3', status: 'answered', closedAt: atSecond(65), answers: [{ by: 'olga', onBehalfOf: 'ann' }] },
      ],
      attempts: [{ outcome: 'asked' }, { outcome: 'completed' }],
    });
    expect(fold.marks).toMatchObject([
      { type: 'step.paused', by: 'olga', step: 'smith#1' },
      { type: 'step.unpaused', by: 'olga' },
    ]);
  });

  it('stands below the step that delegated it, which waits meanwhile', () => {
    const fold = foldOf(
      decided,
      started,
      { type: 'supervisor.routed', step: 'smith#1', data: { from: 'smith', to: 'clerk', instructions: 'look' } },
      { type: 'agent.started', agent: 'clerk', step: 'clerk#1', attempt: 1 },
      { type: 'agent.completed', agent: 'clerk', step: 'clerk#1', attempt: 1, data: { result: 1 } },
      { type: 'supervisor.routed', step: 'smith#1', data: { from: 'clerk', to: 'smith' }, second: 8 },
      { ...completed, second: 9 },
    );
    expect(fold.steps.map(({ step, delegatedBy, decision }) => [step, delegatedBy, decision === null])).toEqual([
      ['smith#1', null, false],
      ['clerk#1', 'smith#1', true],
    ]);
    expect(viewOf(fold).waitedMs.delegation).toBe(6_000);
    expect(viewOf(fold).waits).toMatchObject([{ for: 'delegation', what: 'clerk' }]);
  });

  it('that a reset leaves open is abandoned, and the one that comes again is another', () => {
    const fold = foldOf(
      decided,
      started,
      { type: 'run.reset', data: { toStep: 'smith#1', by: 'olga' } },
      decided,
      started,
      completed,
    );
    expect(fold.steps.map(({ step, seq, status }) => [step, seq, status])).toEqual([
      ['smith#1', 2, 'abandoned'],
      ['smith#1', 5, 'completed'],
    ]);
    expect(fold.marks).toMatchObject([{ type: 'run.reset', by: 'olga', step: 'smith#1' }]);
  });

  it('that works now shows the attempt that the server holds', () => {
    const open = {
      step: 'smith#1',
      attempt: 3,
      isAtWork: false,
      startedAt: null,
      worker: 'w',
      lastFailure: { code: 'x', message: 'y' },
    };
    const waiting = viewOf(foldOf(decided, started), open);
    expect(waiting).toMatchObject({ status: 'running', endedAt: null, durationMs: null });
    expect(waiting.attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code])).toEqual([
      [1, 'lost', undefined],
      [2, 'lost', 'x'],
      [3, 'waiting', undefined],
    ]);
    const working = viewOf(foldOf(decided, started), { ...open, isAtWork: true, startedAt: atSecond(4) });
    expect(working.attempts.at(-1)).toMatchObject({ outcome: 'running', startedAt: atSecond(4), endedAt: null });
  });

  it('holds whatever a log may hold', () => {
    const fold = foldOf(
      { type: 'agent.completed', step: 'nobody#1' },
      { type: 'question.answered', data: { question: 'q-9' } },
      { type: 'question.asked', data: { question: null } },
      { type: 'supervisor.routed', step: 'nobody#1', data: {} },
      { type: 'agent.started' },
      { type: 'something.new', data: { a: 1 } },
    );
    expect(fold.steps).toEqual([]);
  });
});

describe('costs', () => {
  const prices = { 'gpt-x': { input: 2, output: 10 } };
  const usage = { inputTokens: 500_000, outputTokens: 100_000 };

  it('are told where the model has a price, with or without its provider', () => {
    expect(costOf(usage, 'openai/gpt-x', prices)).toBe(2);
    expect(costOf(usage, 'gpt-x', prices)).toBe(2);
    expect(costOf(usage, 'other', prices)).toBeNull();
    expect(costOf(usage, 'gpt-x', {})).toBeNull();
    expect(costOf({ inputTokens: 0, outputTokens: 0 }, null, prices)).toBe(0);
  });

  it('have no sum where one is not known', () => {
    expect(sumCosts([1, 2])).toBe(3);
    expect(sumCosts([1, null])).toBeNull();
  });
});
