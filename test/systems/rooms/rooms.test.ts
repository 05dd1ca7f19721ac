/** Who is told what, and in which words: rooms, frames, rejoin, second starts, and the rest of Baton. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Question } from '../../../protocol/schemas/question.ts';
import { upTo } from '../../harness/gateway.ts';
import { isRunning, useRig } from './rig.ts';
import type { RoomClient } from './room-client.ts';

const rig = useRig({ CORS_ORIGINS: 'https://app.example, https://other.example' });

const unknown = (requestId: string) => ({
  type: 'state',
  requestId,
  status: 'unknown',
  plan: { steps: [] },
  currentStep: null,
  agents: {},
  question: null,
  result: null,
  error: null,
  seq: 0,
});

describe('the members of a room', () => {
  test('all see the same messages in the same order, over Socket.IO and plain sockets', async () => {
    const requestId = rig.id();
    const [first, second] = [await rig.client(requestId), await rig.client(requestId)];
    const plain = await rig.plain(`/ws/requests?requestId=${requestId}`);
    const root = await rig.plain(`/?requestId=${requestId}`);
    second.emit('start', { requestId, userQuery: 'calculate 6*7; wait 20ms; summarize' });
    const isEnd = ({ type }: Record<string, unknown>) => type === 'request.completed';
    await Promise.all([first.until(isEnd), second.until(isEnd), plain.until(isEnd), root.until(isEnd)]);
    expect(first.messages.map(({ seq }) => seq)).toEqual(upTo(10));
    expect(second.messages).toEqual(first.messages);
    for (const socket of [plain, root])
      expect(socket.frames).toEqual([{ type: 'connected', requestId }, ...first.messages]);
  });

  test('that come late get nothing older by themselves, and everything from then on', async () => {
    const { requestId } = await rig.waitingAtStep2();
    const late = await rig.client(requestId);
    late.emit('cancel', { requestId });
    await late.until('request.completed');
    expect(late.messages).toMatchObject([
      { step: 2, status: 'failed', seq: 6 },
      { type: 'request.completed', seq: 7 },
    ]);
  });

  test('leave while the request goes on', async () => {
    const { requestId, client } = await rig.waitingAtStep2();
    client.close();
    expect((await rig.api.get(`/api/requests/${requestId}`)).body).toMatchObject({ status: 'running', currentStep: 2 });
    expect((await rig.api.post(`/api/requests/${requestId}/cancel`)).status).toBe(202);
  });

  test('see a command of one of them fail only if it was their own', async () => {
    const { requestId, client } = await rig.waitingAtStep2();
    const other = await rig.client(requestId);
    const plain = await rig.plain(`/?requestId=${requestId}`);
    other.emit('feedback', { requestId, questionId: 'q-9', answer: 1 });
    expect(await other.until('error')).toMatchObject({ agent: 'gateway', code: 'no_pending_question' });
    client.emit('cancel', { requestId });
    await Promise.all([client.until('request.completed'), plain.until(({ type }) => type === 'request.completed')]);
    expect(client.types).not.toContain('error');
    expect(plain.frames.map(({ type }) => type)).not.toContain('error');
  });
});

describe('the whole frames', () => {
  const executor = 'executor-agent';
  const six = { expression: '6*7', value: 42 };

  /** Told alike to a Socket.IO client and to a plain one, both in the room from the beginning. */
  async function told(requestId: string, userQuery: string, act: (client: RoomClient) => Promise<void>, context = {}) {
    const [client, plain] = [await rig.client(requestId), await rig.plain(`/?requestId=${requestId}`)];
    client.emit('start', { requestId, userQuery, context });
    await act(client);
    await Promise.all([client, plain].map((each) => each.until(({ type }) => type === 'request.completed')));
    expect(plain.frames).toEqual([{ type: 'connected', requestId }, ...client.messages]);
    for (const { event, message } of client.heard) expect([message['type'], 'progress']).toContain(event);
    return client.messages;
  }

  const progress = (requestId: string, seq: number, order: number, tool: string, status: string, more = {}) => {
    const data = { requestId, stepId: `s${order}`, stepOrder: order, step: order, tool, status, ...more };
    return { type: 'progress', agent: executor, step: order, status, requestId, data, seq };
  };
  const understood = (requestId: string, seq: number, intent: string, actions: string[]) => [
    { type: 'agent.completed', agent: 'thought-agent', requestId, data: { intent, steps: actions.length }, seq },
    {
      type: 'agent.completed',
      agent: 'planner-agent',
      requestId,
      data: { steps: actions.map((action, index) => ({ id: `s${index + 1}`, order: index + 1, action })) },
      seq: seq + 1,
    },
  ];

  test('of a request that asks and goes well', async () => {
    const requestId = rig.id();
    const answer = async (client: RoomClient) => {
      await client.until('question');
      client.emit('feedback', { requestId, questionId: 'q-1', answer: 'metres' });
    };
    const record = { step: 1, tool: 'calculate', status: 'completed', result: six };
    const result = { status: 'completed', answer: '42', steps: [record], answers: { 'q-1': 'metres' }, error: null };
    expect(await told(requestId, 'calculate 6*7', answer, { askFirst: true, questionTimeoutSeconds: 60 })).toEqual([
      {
        type: 'question',
        agent: 'thought-agent',
        requestId,
        questionId: 'q-1',
        question: expect.any(String),
        options: [],
        timeoutSeconds: 60,
        seq: 1,
      },
      ...understood(requestId, 2, 'calculate', ['calculate']),
      progress(requestId, 4, 1, 'calculate', 'running'),
      progress(requestId, 5, 1, 'calculate', 'completed', { result: six }),
      { type: 'agent.completed', agent: executor, requestId, data: { steps: 1, answer: '42' }, seq: 6 },
      { type: 'request.completed', requestId, result, seq: 7 },
    ]);
  });

  test('of a request whose step fails: the error goes to the room', async () => {
    const requestId = rig.id();
    const error = { code: 'division_by_zero', message: 'Division by zero' };
    const steps = [
      { step: 1, tool: 'calculate', status: 'failed', error },
      { step: 2, tool: 'summarize', status: 'skipped' },
    ];
    const result = { status: 'failed', answer: null, steps, answers: {}, error: { ...error, step: 1 } };
    expect(await told(requestId, 'calculate 1/0; summarize', async () => undefined)).toEqual([
      ...understood(requestId, 1, 'calculate', ['calculate', 'summarize']),
      progress(requestId, 3, 1, 'calculate', 'running'),
      progress(requestId, 4, 1, 'calculate', 'failed', { error }),
      { type: 'error', agent: executor, ...error, step: 1, requestId, seq: 5 },
      { type: 'request.completed', requestId, result, seq: 6 },
    ]);
  });

  test('of a request that is cancelled', async () => {
    const requestId = rig.id();
    const error = { code: 'cancelled', message: expect.any(String) };
    const cancel = async (client: RoomClient) => {
      await client.until(isRunning(1));
      client.emit('cancel', { requestId });
    };
    const steps = [{ step: 1, tool: 'wait', status: 'failed', error }];
    expect(await told(requestId, 'wait 300s', cancel)).toEqual([
      ...understood(requestId, 1, 'wait', ['wait']),
      progress(requestId, 3, 1, 'wait', 'running'),
      progress(requestId, 4, 1, 'wait', 'failed', { cancelled: true, error }),
      {
        type: 'request.completed',
        requestId,
        result: { status: 'cancelled', answer: null, steps, answers: {}, error },
        seq: 5,
      },
    ]);
  });
});

describe('rejoin', () => {
  test('of an unknown request gets one state that says so, and the room once it begins', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('rejoin', { requestId });
    expect(await client.until('state')).toEqual(unknown(requestId));
    await rig.api.post('/api/requests', { requestId, userQuery: 'calculate 6*7' });
    await client.until('request.completed');
    expect(client.messages.map(({ seq }) => seq)).toEqual([0, ...upTo(6)]);
  });

  test('gets exactly one state each time, which restores what the client has missed', async () => {
    const { requestId } = await rig.waitingAtStep2();
    const back = await rig.client(requestId);
    for (const nth of [1, 2]) {
      back.emit('rejoin', { requestId });
      const state = await back.until('state', nth);
      expect(state).toEqual({
        type: 'state',
        requestId,
        status: 'running',
        plan: {
          steps: [
            { id: 's1', order: 1, action: 'calculate', status: 'completed', result: { expression: '6*7', value: 42 } },
            { id: 's2', order: 2, action: 'wait', status: 'running' },
            { id: 's3', order: 3, action: 'summarize', status: 'pending' },
          ],
        },
        currentStep: 2,
        agents: { 'thought-agent': 'completed', 'planner-agent': 'completed', 'executor-agent': 'running' },
        question: null,
        result: null,
        error: null,
        seq: 5,
      });
    }
    back.emit('cancel', { requestId });
    await back.until('request.completed');
    expect(back.types).toEqual(['state', 'state', 'progress', 'request.completed']);
    expect(
      back.progress.map(({ type }) => type),
      'a state is not copied',
    ).not.toContain('state');
  });

  test('after the end gets the result', async () => {
    const requestId = await rig.finished();
    const client = await rig.client(requestId);
    client.emit('rejoin', { requestId });
    const result = { expression: '6*7', value: 42 };
    expect(await client.until('state')).toEqual({
      ...unknown(requestId),
      status: 'completed',
      plan: { steps: [{ id: 's1', order: 1, action: 'calculate', status: 'completed', result }] },
      agents: { 'thought-agent': 'completed', 'planner-agent': 'completed', 'executor-agent': 'completed' },
      result: {
        status: 'completed',
        answer: '42',
        steps: [{ step: 1, tool: 'calculate', status: 'completed', result }],
        answers: {},
        error: null,
      },
      seq: 6,
    });
  });

  test('enters the room of another request than that of the handshake', async () => {
    const { requestId } = await rig.waitingAtStep2();
    const client = await rig.client(rig.id());
    expect(await client.ask('rejoin', { requestId })).toEqual({ ok: true });
    client.emit('cancel', { requestId });
    await client.until('request.completed');
  });
});

describe('a second start', () => {
  test.each([
    ['the same question', 'calculate 6*7; wait 300s; summarize'],
    ['another question', 'calculate 1+1'],
  ])('with %s joins, gets one state, and starts nothing', async (_what, userQuery) => {
    const { requestId, client } = await rig.waitingAtStep2();
    const second = await rig.client(rig.id());
    expect(await second.ask('start', { requestId, userQuery })).toEqual({ ok: true });
    expect(await second.until('state')).toMatchObject({ requestId, status: 'running', currentStep: 2 });
    second.emit('cancel', { requestId });
    await Promise.all([client, second].map((each) => each.until('request.completed')));
    expect(second.types).toEqual(['state', 'progress', 'request.completed']);
    const events = await rig.api.eventsToEnd(`rooms:${requestId}`);
    expect(events.filter(({ type }) => type === 'run.started')).toHaveLength(1);
  });

  test('at the same moment from many clients is one request, and each gets its end', async () => {
    const requestId = rig.id();
    const clients = await Promise.all(upTo(8).map(() => rig.client(requestId)));
    for (const [index, client] of clients.entries())
      client.emit('start', { requestId, userQuery: `calculate ${index}+1` });
    const ends = await Promise.all(clients.map((client) => client.until('request.completed')));
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    for (const client of clients) expect(client.types.filter((type) => type === 'state').length).toBeLessThanOrEqual(1);
  });
});

describe('with the rest of Baton', () => {
  test('a request is a run that is watched and answered natively', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('start', { requestId, userQuery: 'calculate 6*7', context: { askFirst: true } });
    await client.until('question');
    const run = `rooms:${requestId}`;
    const asked = (await rig.api.eventsUntil(run, ({ type }) => type === 'question.asked')).at(-1) as RunEvent;
    const { id } = asked.data['question'] as Question;
    expect((await rig.api.post(`/v1/runs/${run}/questions/${id}/answer`, { answer: 'metres' })).status).toBe(200);
    expect(await client.until('request.completed')).toMatchObject({ result: { answers: { 'q-1': 'metres' } } });
    expect((await rig.api.get(`/v1/runs/${run}`)).body).toMatchObject({
      status: 'completed',
      result: { answer: '42', answers: { 'q-1': 'metres' } },
    });
  });

  test('a run that was started natively is a request under its own id', async () => {
    const id = rig.id();
    const client = await rig.client(id);
    const input = { userQuery: 'calculate 6*7; wait 300s' };
    await rig.api.post('/v1/runs', { blueprint: 'request-rooms', id, input });
    await client.until(isRunning(2));
    expect(await client.ask('start', { userQuery: 'calculate 1+1' })).toEqual({ ok: true });
    expect(await client.until('state')).toMatchObject({ requestId: id, currentStep: 2 });
    expect(await client.ask('cancel', {})).toEqual({ ok: true });
    await client.until('request.completed');
    expect(client.messages.filter(({ type }) => type !== 'state').map(({ seq }) => seq)).toEqual(upTo(7));
    expect((await rig.api.get(`/v1/runs/rooms:${id}`)).status).toBe(404);
  });
});

test('pages of the origins in CORS_ORIGINS may connect, and those of no other', async () => {
  for (const origin of ['https://app.example', 'https://other.example', rig.product.url])
    expect(await rig.page(origin)).toEqual([200, origin, null]);
  expect(await rig.page('https://evil.example')).toEqual([403, null, null]);
});
