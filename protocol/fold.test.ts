import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyState, emptyState, fold } from './fold.ts';
import { foldUntilStep } from './fold-until-step.ts';
import { closedQuestionsShown, eventDataBytes } from './limits.ts';
import { eventTypes, type RunEvent } from './schemas/event.ts';
import { runStateSchema, type RunState } from './schemas/state.ts';

const at = '2026-01-01T00:00:00.000Z';
type Draft = Partial<RunEvent> & { type: string };

function log(...drafts: Draft[]): RunEvent[] {
  return drafts.map((draft, index) => ({ seq: index + 1, at, recordedAt: at, data: {}, ...draft }));
}
function folded(...drafts: Draft[]): RunState {
  return log(...drafts).reduce(fold, emptyState('r'));
}

const started = { type: 'run.started', data: { blueprint: 'b', owner: null, input: { a: 1 } } };
const decided = (iteration: number, goto: unknown, update?: Record<string, unknown>) => ({
  type: 'supervisor.decided',
  data: { iteration, goto, reason: '', ...(update ? { update } : {}) },
});
const begins = (step: string) => ({ type: 'agent.started', agent: step.split('#')[0] ?? '', step, attempt: 1 });
const completes = (step: string, data: Record<string, unknown> = {}) => ({
  ...begins(step),
  type: 'agent.completed',
  data: { result: `of ${step}`, ...data },
});
const asks = (id: string, step: string) => ({
  type: 'question.asked',
  agent: step.split('#')[0] ?? '',
  step,
  data: { question: { id, step, answersNeeded: 1, audience: {}, kind: 'k', message: 'm' } },
});

describe('fold', () => {
  it('counts the tokens of decisions, made or not, and of steps, completed or failed', () => {
    const usage = { inputTokens: 10, outputTokens: 1 };
    const state = folded(
      started,
      { type: 'supervisor.decision_failed', data: { error: { code: 'model_failed', message: '' }, usage } },
      { type: 'supervisor.decided', data: { iteration: 1, goto: 'a', reason: '', usage } },
      begins('a#1'),
      completes('a#1', { usage }),
      begins('a#2'),
      { ...begins('a#2'), type: 'agent.failed', data: { usage } },
    );
    expect(state.usage).toEqual({ inputTokens: 40, outputTokens: 4 });
  });

  it('throws at no event whatever, and keeps what it does not know', () => {
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>('a#1', 'q-1', 'escalate', [], {}, { id: 'q-1' }, { id: 5 }),
    );
    const keys = fc.constantFrom(
      'question',
      'update',
      'plan',
      'planStep',
      'span',
      'usage',
      'from',
      'error',
      'then',
      'role',
    );
    const draft = fc.record({
      type: fc.oneof(fc.constantFrom<string>(...eventTypes), fc.constantFrom('constructor', '__proto__', 'new.type')),
      agent: fc.constantFrom('a', 'b', '__proto__', undefined),
      step: fc.constantFrom('a#1', 'b#1', undefined),
      attempt: fc.constantFrom(1, 2, undefined),
      data: fc.oneof(fc.dictionary(keys, anything), fc.dictionary(fc.string(), anything)),
    });
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 12 }), (drafts) => {
        const state = folded(...(drafts as Draft[]));
        expect(state.lastSeq).toBe(drafts.length);
        expect(copyState(state)).toEqual(JSON.parse(JSON.stringify(state)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps an update that stands beside a large result', () => {
    const state = folded(started, decided(1, 'a'), begins('a#1'), {
      ...completes('a#1'),
      data: { result: 'x'.repeat(eventDataBytes - 2_000), update: { notes: 'y'.repeat(5_000) } },
    });
    expect(state.context['notes']).toHaveLength(5_000);
  });

  it('shows an input over the limit by its preview', () => {
    const state = folded({ ...started, data: { blueprint: 'b', input: 'x'.repeat(100_000) } });
    expect(state.input).toMatchObject({ blob: { ref: 'event-1' } });
    expect(JSON.stringify(state).length).toBeLessThan(5_000);
  });

  it('shows the input that a reset has put in the place of the other, a large one by its preview', () => {
    const reset = (edits: unknown) => ({ type: 'run.reset', data: { toStep: 'a#1', edits } });
    const inputAfter = (edits: unknown) => folded(started, reset(edits)).input;
    expect([null, { context: {} }, { input: undefined }].map(inputAfter)).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
    expect([{ input: { b: 2 } }, { input: null }].map(inputAfter)).toEqual([{ b: 2 }, null]);
    expect(inputAfter({ input: 'x'.repeat(100_000) })).toMatchObject({ blob: { ref: 'event-2' } });
  });

  it('says when a question was closed, however it was', () => {
    const later = '2026-01-01T00:00:01.000Z';
    const answered = { type: 'question.answered', at: later, data: { question: 'q-1', by: 'a', have: 1, need: 1 } };
    const expired = { type: 'question.expired', at: later, data: { question: 'q-2', then: 'fail' } };
    const asked = ['q-1', 'q-2', 'q-3'].map((id) => asks(id, 'a#1'));
    const cancelled = { type: 'run.cancelled', at: later };
    const { questions } = folded(started, begins('a#1'), ...asked, answered, expired, cancelled);
    expect(questions.map(({ status, closedAt }) => [status, closedAt])).toEqual([
      ['answered', later],
      ['expired', later],
      ['withdrawn', later],
    ]);
  });

  it('is waiting only while a person is waited for and nobody works', () => {
    const asking = [started, decided(1, ['a', 'a']), begins('a#1'), begins('a#2')];
    expect(folded(...asking, asks('q-1', 'a#2')).status).toBe('running');
    expect(folded(...asking, asks('q-1', 'a#1'), completes('a#2')).status).toBe('waiting');
    const answered = { type: 'question.answered', data: { question: 'q-1', by: 'p', answer: 1, have: 1, need: 1 } };
    expect(folded(...asking, asks('q-1', 'a#1'), completes('a#2'), answered).status).toBe('running');
  });

  it('is waiting also while an agent waits for another that asks', () => {
    const routed = { type: 'supervisor.routed', step: 'a#1', data: { from: 'a', to: 'b', instructions: '' } };
    const state = folded(started, decided(1, 'a'), begins('a#1'), routed, begins('b#1'), asks('q-1', 'b#1'));
    expect(state.status).toBe('waiting');
    expect(state.agents['a']?.status).toBe('delegating');
  });

  it('stays cancelling when a begin comes behind the cancel', () => {
    const held = { ...started, data: { ...started.data, hold: true } };
    const cancelling = { type: 'run.cancelling', data: { reason: null, by: 'p', mode: 'graceful' } };
    expect(folded(held).status).toBe('pending');
    expect(folded(held, { type: 'run.begun' }).status).toBe('running');
    expect(folded(held, cancelling, { type: 'run.begun' }).status).toBe('cancelling');
  });

  it('never lets progress fall, whatever is reported', () => {
    const span = { span: [0, 0.5] };
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.string()), { maxLength: 20 }), (fractions) => {
        const state = folded(started, { ...begins('a#1'), data: span });
        let before = 0;
        for (const fraction of fractions) {
          fold(state, { ...(log({ ...begins('a#1'), type: 'agent.progressed', data: { fraction } })[0] as RunEvent) });
          expect(state.progress).toBeGreaterThanOrEqual(before);
          expect(state.progress).toBeLessThanOrEqual(0.5);
          before = state.progress;
        }
      }),
    );
  });

  it('shows the last closed questions only, and every open one', () => {
    const count = closedQuestionsShown + 5;
    const ids = Array.from({ length: count }, (_, index) => `q-${index}`);
    const close = (id: string) => ({ type: 'question.answered', data: { question: id, have: 1, need: 1, by: 'p' } });
    const state = folded(
      started,
      begins('a#1'),
      asks('open', 'a#1'),
      ...ids.flatMap((id) => [asks(id, 'a#1'), close(id)]),
    );
    expect(state.questions.filter(({ status }) => status === 'answered').map(({ id }) => id)).toEqual(ids.slice(5));
    expect(state.questions.find(({ id }) => id === 'open')?.status).toBe('open');
  });

  it('makes states that fit the schema', () => {
    const state = folded(started, decided(1, 'a'), begins('a#1'), completes('a#1'), { type: 'run.completed' });
    expect(runStateSchema.safeParse(state).error).toBeUndefined();
  });
});

describe('foldUntilStep', () => {
  const events = log(
    started,
    decided(1, ['a', 'b']),
    begins('a#1'),
    begins('b#1'),
    // Delegated by b: no branch of the decision.
    begins('c#1'),
    completes('c#1'),
    completes('b#1', { goto: 'd' }),
    completes('a#1', { update: { learnt: 1 } }),
    decided(2, 'd', { decided: 2 }),
    begins('d#1'),
    { ...begins('d#1'), type: 'agent.failed', data: { error: { code: 'agent_failed', message: 'no' } } },
    decided(3, 'a', { decided: 3 }),
    begins('a#2'),
  );
  const until = (step: string) => foldUntilStep({ state: emptyState('r'), last: [] }, events, step);

  it('stands before the decision, with the outcomes of the one before in the order of its branches', () => {
    const point = until('d#1');
    expect(point?.state).toMatchObject({ iteration: 1, context: { learnt: 1 }, lastSeq: 8 });
    expect(point?.last).toEqual([
      { agent: 'a', step: 'a#1', status: 'completed', result: 'of a#1' },
      { agent: 'b', step: 'b#1', status: 'completed', result: 'of b#1', goto: 'd' },
    ]);
  });

  it('tells of failed steps too', () => {
    expect(until('a#2')).toMatchObject({
      state: { context: { decided: 2 } },
      last: [{ step: 'd#1', status: 'failed', error: { code: 'agent_failed' } }],
    });
  });

  it('goes back to the decision for a step that was delegated', () => {
    expect(until('c#1')?.state).toMatchObject({ iteration: 0, lastSeq: 1 });
  });

  it('keeps the outcomes that the execution began with until there are newer ones', () => {
    const last = [{ agent: 'z', step: 'z#1', status: 'completed' as const, result: 1 }];
    expect(foldUntilStep({ state: emptyState('r'), last }, events, 'a#1')?.last).toEqual(last);
  });

  it('finds no step that never began', () => {
    expect(until('e#1')).toBeNull();
  });
});
