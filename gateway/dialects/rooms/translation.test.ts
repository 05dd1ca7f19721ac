import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType, RunEvent } from '../../../protocol/schemas/event.ts';
import type { RoomMessage } from './message.ts';
import { type RoomState, stateMessage } from './room-state.ts';
import { translation } from './translation.ts';

type Parts = [type: EventType, data?: Record<string, unknown>, agent?: string];

const at = '2026-11-21T12:00:00.000Z';
const thought = 'thought-agent';
const planner = 'planner-agent';
const executor = 'executor-agent';

/** Folds a log from its beginning. */
function translate(...parts: Parts[]): { state: RoomState; messages: RoomMessage[] } {
  let state = translation.initial({ id: 'rooms:rq-5', client: 'rq-5' });
  const messages: RoomMessage[] = [];
  for (const [index, [type, data = {}, agent]] of parts.entries()) {
    const event: RunEvent = {
      seq: index + 1,
      at,
      recordedAt: at,
      type,
      data,
      ...(agent === undefined ? {} : { agent }),
    };
    const before = JSON.stringify(state);
    const step = translation.event(state, event);
    expect(JSON.stringify(state), 'a state is never changed in place').toBe(before);
    state = step.state;
    messages.push(...step.messages);
  }
  return { state, messages };
}

const step = (stepOrder: number, tool: string, status: string, more = {}): Parts => [
  'agent.emitted',
  { kind: 'rooms.step', stepId: `s${stepOrder}`, stepOrder, tool, status, ...more },
  executor,
];
const planned = (...actions: string[]): Parts[] => [
  ['run.started', { blueprint: 'request-rooms' }],
  ['agent.started', {}, thought],
  ['agent.completed', { result: { intent: actions[0], steps: actions.length }, update: { answers: {} } }, thought],
  ['agent.started', {}, planner],
  [
    'agent.emitted',
    { kind: 'rooms.plan', steps: actions.map((action, index) => ({ id: `s${index + 1}`, order: index + 1, action })) },
    planner,
  ],
  ['agent.completed', { result: { steps: [] } }, planner],
  ['agent.started', {}, executor],
];
const six = { expression: '6*7', value: 42 };
const cancelled = { code: 'cancelled', message: 'The request was cancelled' };

describe('the messages of a request', () => {
  it('that goes well are those of the contract, numbered, request.completed last', () => {
    const { messages, state } = translate(
      ...planned('calculate', 'wait'),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'completed', { result: six }),
      step(2, 'wait', 'running'),
      step(2, 'wait', 'completed', { result: { waitedMs: 1_000 } }),
      ['agent.emitted', { kind: 'rooms.answer', answer: '42' }, executor],
      ['agent.completed', { result: {} }, executor],
      ['run.completed', { result: {} }],
    );
    const place = (order: number, tool: string) => ({
      requestId: 'rq-5',
      stepId: `s${order}`,
      stepOrder: order,
      step: order,
      tool,
    });
    const progress = { type: 'progress', agent: executor, requestId: 'rq-5' };
    const records = [
      { step: 1, tool: 'calculate', status: 'completed', result: six },
      { step: 2, tool: 'wait', status: 'completed', result: { waitedMs: 1_000 } },
    ];
    const result = { status: 'completed', answer: '42', steps: records, answers: {}, error: null };
    expect(messages).toEqual([
      { type: 'agent.completed', agent: thought, requestId: 'rq-5', data: { intent: 'calculate', steps: 2 }, seq: 1 },
      {
        type: 'agent.completed',
        agent: planner,
        requestId: 'rq-5',
        data: {
          steps: [
            { id: 's1', order: 1, action: 'calculate' },
            { id: 's2', order: 2, action: 'wait' },
          ],
        },
        seq: 2,
      },
      { ...progress, step: 1, status: 'running', data: { ...place(1, 'calculate'), status: 'running' }, seq: 3 },
      {
        ...progress,
        step: 1,
        status: 'completed',
        data: { ...place(1, 'calculate'), status: 'completed', result: six },
        seq: 4,
      },
      { ...progress, step: 2, status: 'running', data: { ...place(2, 'wait'), status: 'running' }, seq: 5 },
      {
        ...progress,
        step: 2,
        status: 'completed',
        data: { ...place(2, 'wait'), status: 'completed', result: { waitedMs: 1_000 } },
        seq: 6,
      },
      { type: 'agent.completed', agent: executor, requestId: 'rq-5', data: { steps: 2, answer: '42' }, seq: 7 },
      { type: 'request.completed', requestId: 'rq-5', result, seq: 8 },
    ]);
    expect(stateMessage(state)).toEqual({
      type: 'state',
      requestId: 'rq-5',
      status: 'completed',
      plan: {
        steps: [
          { id: 's1', order: 1, action: 'calculate', status: 'completed', result: six },
          { id: 's2', order: 2, action: 'wait', status: 'completed', result: { waitedMs: 1_000 } },
        ],
      },
      currentStep: null,
      agents: { [thought]: 'completed', [planner]: 'completed', [executor]: 'completed' },
      question: null,
      result,
      error: null,
      seq: 8,
    });
  });

  it('whose step fails are the failed step, the error, and the end; the rest is skipped', () => {
    const error = { code: 'division_by_zero', message: 'Division by zero' };
    const { messages, state } = translate(
      ...planned('calculate', 'wait'),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'failed', { error }),
      ['agent.failed', { error: { code: 'step_failed', message: 'Division by zero' } }, executor],
      ['run.failed', { error: { code: 'step_failed', message: 'Division by zero' } }],
    );
    expect(messages.slice(3)).toEqual([
      expect.objectContaining({ type: 'progress', step: 1, status: 'failed', seq: 4 }),
      {
        type: 'error',
        agent: executor,
        message: 'Division by zero',
        step: 1,
        code: 'division_by_zero',
        requestId: 'rq-5',
        seq: 5,
      },
      {
        type: 'request.completed',
        requestId: 'rq-5',
        seq: 6,
        result: {
          status: 'failed',
          answer: null,
          steps: [
            { step: 1, tool: 'calculate', status: 'failed', error },
            { step: 2, tool: 'wait', status: 'skipped' },
          ],
          answers: {},
          error: { ...error, step: 1 },
        },
      },
    ]);
    expect(stateMessage(state)).toMatchObject({ status: 'failed', error: { ...error, step: 1 }, currentStep: null });
  });

  it.each<[string, Parts[]]>([
    ['told so by the executor', [step(1, 'wait', 'failed', { cancelled: true, error: cancelled })]],
    ['left running', []],
  ])('that is cancelled with a step %s are the failed step and the end, and no error', (_how, told) => {
    const { messages } = translate(
      ...planned('wait', 'wait'),
      step(1, 'wait', 'running'),
      ['run.cancelling', { by: 'ann', reason: null, mode: 'graceful' }],
      ...told,
      ['agent.failed', { error: { code: 'cancelled', message: 'the run was interrupted' } }, executor],
      ['run.cancelled', {}],
    );
    expect(messages.slice(3)).toMatchObject([
      { type: 'progress', step: 1, status: 'failed', data: { status: 'failed', cancelled: true } },
      { type: 'request.completed', result: { status: 'cancelled', error: cancelled } },
    ]);
  });

  it('that is cancelled before there is a plan are the end alone', () => {
    const { messages } = translate(['run.started'], ['run.cancelling'], ['run.cancelled', {}]);
    expect(messages).toMatchObject([{ type: 'request.completed', result: { status: 'cancelled', steps: [] } }]);
  });

  it('whose executor is lost say which step failed, and why', () => {
    const { messages } = translate(
      ...planned('wait'),
      step(1, 'wait', 'running'),
      ['agent.failed', { error: { code: 'agent_timeout', message: 'too long' } }, executor],
      ['run.failed', { error: { code: 'agent_timeout', message: 'too long' } }],
    );
    expect(messages.slice(3)).toMatchObject([
      { type: 'progress', step: 1, status: 'failed', data: { error: { code: 'agent_timeout' } } },
      { type: 'error', agent: executor, step: 1, code: 'agent_timeout' },
      { type: 'request.completed', result: { status: 'failed' } },
    ]);
  });

  it('whose planner fails name it, without a step', () => {
    const error = { code: 'step_failed', message: '60 steps' };
    const { messages } = translate(
      ['run.started'],
      ['agent.started', {}, planner],
      ['agent.failed', { error }, planner],
      ['run.failed', { error }],
    );
    expect(messages).toEqual([
      { type: 'error', agent: planner, ...error, requestId: 'rq-5', seq: 1 },
      expect.objectContaining({ type: 'request.completed', seq: 2 }),
    ]);
  });

  it.each<[EventType, string]>([
    ['run.terminated', 'terminated'],
    ['run.timed_out', 'timed_out'],
  ])('whose run ends by %s end as failed, with the step that was running', (type, code) => {
    const { messages } = translate(...planned('wait'), step(1, 'wait', 'running'), [type, { reason: 'by hand' }]);
    expect(messages.slice(3)).toMatchObject([
      { type: 'progress', step: 1, status: 'failed' },
      { type: 'error', code, step: 1 },
      { type: 'request.completed', result: { status: 'failed', error: { code } } },
    ]);
  });

  it('of steps that were told twice after a crash are told once', () => {
    const { messages } = translate(
      ...planned('calculate', 'wait'),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'completed', { result: six }),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'completed', { result: { value: 43 } }),
      step(2, 'wait', 'running'),
    );
    expect(messages.slice(2).map((message) => [message.type, 'status' in message && message.status])).toEqual([
      ['progress', 'running'],
      ['progress', 'completed'],
      ['progress', 'running'],
    ]);
  });
});

describe('a question', () => {
  const question = {
    id: 'q-4',
    kind: 'rooms.question',
    message: 'Which unit?',
    askedAt: at,
    expiresAt: '2026-11-21T12:05:00.000Z',
    answerSchema: {},
  };
  const start: Parts[] = [['run.started'], ['agent.started', {}, thought], ['question.asked', { question }, thought]];

  it('is the message question, and shown in the state until it is answered', () => {
    const { messages, state } = translate(...start);
    const asked = { questionId: 'q-1', question: 'Which unit?', options: [], timeoutSeconds: 300 };
    expect(messages).toEqual([{ type: 'question', agent: thought, requestId: 'rq-5', ...asked, seq: 1 }]);
    expect(stateMessage(state)).toMatchObject({ status: 'waiting_feedback', question: asked });
    const after = translate(...start, ['question.answered', { question: 'q-4', answer: 'metres', have: 1, need: 1 }]);
    expect(stateMessage(after.state)).toMatchObject({ status: 'running', question: null });
    expect(after.state.answers).toEqual({ 'q-1': 'metres' });
  });

  it('that nobody answers has the answer null', () => {
    const { state } = translate(...start, ['question.expired', { question: 'q-4', then: 'default', answer: null }]);
    expect(state).toMatchObject({ status: 'running', question: null, answers: { 'q-1': null } });
  });
});

describe('the state', () => {
  it('is pending until an agent works', () => {
    expect(translate(['run.started', { hold: true }]).state.status).toBe('pending');
    expect(translate(['run.started'], ['agent.started', {}, thought]).state.status).toBe('running');
  });

  it('names the step that is running', () => {
    const { state } = translate(...planned('wait', 'wait'), step(1, 'wait', 'running'));
    expect(stateMessage(state).currentStep).toBe(1);
  });

  it('begins anew with a retry, while the numbers of the messages go on', () => {
    const { state } = translate(
      ...planned('wait'),
      ['run.failed', { error: { code: 'internal', message: 'no' } }],
      ['run.retried'],
    );
    expect(stateMessage(state)).toMatchObject({
      status: 'pending',
      plan: { steps: [] },
      result: null,
      error: null,
      seq: 4,
    });
  });

  it('keeps the plan over a reset to the executor', () => {
    const { state } = translate(
      ...planned('calculate'),
      step(1, 'calculate', 'running'),
      step(1, 'calculate', 'completed', { result: six }),
      ['run.reset', { toStep: 'executor-agent#1' }],
    );
    expect(state.steps).toEqual([{ id: 's1', order: 1, action: 'calculate', status: 'pending' }]);
  });
});

it('keeps the order of the contract, whatever a crash repeats or leaves out', () => {
  const statuses = fc.constantFrom('running', 'completed', 'failed');
  const told = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), statuses, fc.boolean()), { maxLength: 30 });
  const ends = fc.constantFrom<EventType>(
    'run.completed',
    'run.failed',
    'run.cancelled',
    'run.terminated',
    'run.timed_out',
  );
  fc.assert(
    fc.property(told, ends, fc.boolean(), (steps, end, isAgentTold) => {
      const { messages } = translate(
        ...planned('wait', 'wait', 'wait', 'wait'),
        ...steps.map(([order, status, isCancelled]) =>
          step(order, 'wait', status, isCancelled ? { cancelled: true } : {}),
        ),
        ...(isAgentTold
          ? [['agent.failed', { error: { code: 'agent_failed', message: 'no' } }, executor] as Parts]
          : []),
        [end, { error: { code: 'agent_failed', message: 'no' } }],
      );
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      expect(messages.filter(({ type }) => type === 'request.completed')).toEqual(messages.slice(-1));
      const open = new Set<number>();
      for (const message of messages) {
        if (message.type !== 'progress') continue;
        if (message.status === 'running') {
          expect(open.size, 'one step at a time').toBe(0);
          open.add(message.step);
        } else expect(open.delete(message.step), 'what ends has run').toBe(true);
      }
      expect(end === 'run.completed' || open.size === 0, 'no step is left running by a bad end').toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('never throws, whatever an event holds', () => {
  const types: EventType[] = [
    'agent.emitted',
    'agent.completed',
    'agent.failed',
    'run.failed',
    'question.asked',
    'question.answered',
  ];
  for (const type of types)
    for (const data of [
      {},
      { kind: 'rooms.step' },
      { kind: 'rooms.plan', steps: [7, null] },
      { error: 'no' },
      { result: [] },
    ])
      expect(() => translate(['run.started'], [type, data, executor])).not.toThrow();
});

it('needs its own events whole', () => {
  const event = (type: EventType, data: Record<string, unknown>, agent = executor): RunEvent => {
    return { seq: 1, at, recordedAt: at, type, agent, data };
  };
  expect(translation.isNeededWhole?.(event('agent.emitted', { kind: 'rooms.step' }))).toBe(true);
  expect(translation.isNeededWhole?.(event('agent.emitted', { kind: 'other' }))).toBe(false);
  expect(translation.isNeededWhole?.(event('run.completed', {}))).toBe(false);
});
