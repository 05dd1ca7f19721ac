/** Who is told what: rooms, rejoin, faults of commands, and the three ways in. */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Question } from '../../../protocol/schemas/question.ts';
import { upTo } from '../../harness/gateway.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import type { RoomClient } from './room-client.ts';
import { useRig } from './rig.ts';

const rig = useRig();

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
const isRunning =
  (order: number) =>
  ({ step, status }: Record<string, unknown>) =>
    step === order && status === 'running';

/** Runs to its end before it is looked at. */
async function finished(userQuery = 'calculate 6*7'): Promise<string> {
  const requestId = rig.id();
  const client = await rig.client(requestId);
  client.emit('start', { requestId, userQuery });
  await client.until('request.completed');
  client.close();
  return requestId;
}

async function waitingAtStep2(): Promise<{ requestId: string; client: RoomClient }> {
  const requestId = rig.id();
  const client = await rig.client(requestId);
  client.emit('start', { requestId, userQuery: 'calculate 6*7; wait 300s; summarize' });
  await client.until(isRunning(2));
  return { requestId, client };
}

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
    const { requestId } = await waitingAtStep2();
    const late = await rig.client(requestId);
    late.emit('cancel', { requestId });
    await late.until('request.completed');
    expect(late.messages).toMatchObject([
      { step: 2, status: 'failed', seq: 6 },
      { type: 'request.completed', seq: 7 },
    ]);
  });

  test('leave while the request goes on', async () => {
    const { requestId, client } = await waitingAtStep2();
    client.close();
    expect((await rig.api.get(`/api/requests/${requestId}`)).body).toMatchObject({ status: 'running', currentStep: 2 });
    expect((await rig.api.post(`/api/requests/${requestId}/cancel`)).status).toBe(202);
  });

  test('see a command of one of them fail only if it was their own', async () => {
    const { requestId, client } = await waitingAtStep2();
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
    const { requestId } = await waitingAtStep2();
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
    const requestId = await finished();
    const client = await rig.client(requestId);
    client.emit('rejoin', { requestId });
    expect(await client.until('state')).toMatchObject({ status: 'completed', result: { answer: '42' }, seq: 6 });
  });

  test('enters the room of another request than that of the handshake', async () => {
    const { requestId } = await waitingAtStep2();
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
    const { requestId, client } = await waitingAtStep2();
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

describe('a command that cannot be done', () => {
  test.each([
    ['start without userQuery', 'start', {}, 'invalid_request'],
    ['start with a blank one', 'start', { userQuery: '  \n' }, 'invalid_request'],
    ['start with one that is no text', 'start', { userQuery: 7 }, 'invalid_request'],
    [
      'start with a time that cannot be',
      'start',
      { userQuery: 'a', context: { questionTimeoutSeconds: 0 } },
      'invalid_request',
    ],
    ['a malformed requestId', 'rejoin', { requestId: 'no blanks' }, 'invalid_request_id'],
    ['a requestId that is no text', 'cancel', { requestId: 7 }, 'invalid_request_id'],
    ['a cancel of an unknown request', 'cancel', {}, 'request_not_found'],
    ['feedback to an unknown request', 'feedback', { questionId: 'q-1', answer: 1 }, 'request_not_found'],
    ['an unknown type', 'dance', {}, 'unknown_type'],
    ['a name that every object has', 'constructor', {}, 'unknown_type'],
    ['a message without a type', 'message', {}, 'unknown_type'],
    ['an argument that is no object', 'cancel', [1], 'invalid_request'],
  ])('(%s) is an error to the sender, acknowledged as one', async (_what, event, message, code) => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    expect(await client.ask(event, message)).toEqual({ ok: false, error: { code, message: expect.any(String) } });
    expect(client.messages).toEqual([expect.objectContaining({ type: 'error', agent: 'gateway', code })]);
    expect(client.progress).toEqual(client.messages);
    expect(client.socket.connected).toBe(true);
    expect((await rig.api.get(`/api/requests/${requestId}`)).status).toBe(404);
  });

  test('for want of any requestId is told so', async () => {
    const client = await rig.client('');
    expect(await client.ask('start', { userQuery: 'calculate 6*7' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request_id' },
    });
  });

  test.each([
    ['cancel', {}, 'request_ended'],
    ['feedback', { questionId: 'q-1', answer: 1 }, 'no_pending_question'],
  ])('because the request has ended (%s) is told so', async (event, message, code) => {
    const client = await rig.client(await finished());
    expect(await client.ask(event, message)).toMatchObject({ ok: false, error: { code } });
  });

  test('because the question is another one, or answered already, is told so', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('start', { requestId, userQuery: 'wait 300s', context: { askFirst: true } });
    await client.until('question');
    const wrong = await client.ask('feedback', { questionId: 'q-2', answer: 'no' });
    expect(wrong).toMatchObject({ ok: false, error: { code: 'no_pending_question' } });
    expect(await client.ask('feedback', { questionId: 'q-1' })).toMatchObject({ error: { code: 'invalid_request' } });
    expect(await client.ask('feedback', { questionId: 'q-1', answer: 'yes' })).toEqual({ ok: true });
    const twice = await client.ask('feedback', { questionId: 'q-1', answer: 'again' });
    expect(twice).toMatchObject({ ok: false, error: { code: 'no_pending_question' } });
    client.emit('cancel');
    await client.until('request.completed');
  });
});

describe('commands', () => {
  test('without requestId are for the request of the handshake', async () => {
    const { requestId, client } = await waitingAtStep2();
    expect(await client.ask('cancel', {})).toEqual({ ok: true });
    expect(await client.until('request.completed')).toMatchObject({ requestId });
  });

  test('may come as the event message with their type inside, as an object or as text', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('message', { type: 'start', requestId, userQuery: 'wait 300s' });
    await client.until(isRunning(1));
    client.emit('message', JSON.stringify({ type: 'cancel', requestId }));
    await client.until('request.completed');
  });

  test('of one client keep their order: a cancel right after the start finds the request', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('start', { requestId, userQuery: 'wait 300s' });
    client.emit('cancel', { requestId });
    expect(await client.until('request.completed')).toMatchObject({ result: { status: 'cancelled' } });
    expect(client.types).not.toContain('error');
  });

  test('with a private address to fetch fail at that step, for CRAWL_ALLOW_PRIVATE is not set', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('start', { requestId, userQuery: `fetch ${rig.gateway.url}/healthz` });
    expect(await client.until('error')).toMatchObject({ agent: 'executor-agent', step: 1, code: 'target_forbidden' });
  });
});

describe('a plain socket', () => {
  const types = (socket: TestSocket) => socket.frames.map(({ type }) => type);

  test.each(['/', '/ws/requests'])('at %s starts, watches and cancels', async (path) => {
    const requestId = rig.id();
    const socket = await rig.plain(`${path}?requestId=${requestId}`);
    socket.send({ type: 'start', userQuery: 'calculate 6*7; wait 300s' });
    await socket.until(isRunning(2));
    socket.send({ type: 'cancel', requestId });
    await socket.until(({ type }) => type === 'request.completed');
    expect(types(socket)).toEqual([
      'connected',
      'agent.completed',
      'agent.completed',
      'progress',
      'progress',
      'progress',
      'progress',
      'request.completed',
    ]);
  });

  test('gets connected first, then the state of a request that exists', async () => {
    const requestId = await finished();
    const socket = await rig.plain(`/?requestId=${requestId}`);
    await socket.until(({ type }) => type === 'state');
    expect(socket.frames).toMatchObject([
      { type: 'connected', requestId },
      { type: 'state', status: 'completed' },
    ]);
  });

  test('that sends nonsense is told so, and stays', async () => {
    const requestId = rig.id();
    const socket = await rig.plain(`/ws/requests?requestId=${requestId}`);
    for (const frame of ['no json', '[]', '7', '{"type":"dance"}', '{}', `${'['.repeat(5_000)}`]) socket.send(frame);
    socket.send({ type: 'rejoin' });
    await socket.until(({ type }) => type === 'state');
    expect(socket.frames.map(({ code }) => code)).toEqual([
      undefined,
      'invalid_json',
      'invalid_json',
      'invalid_json',
      'unknown_type',
      'unknown_type',
      'invalid_json',
      undefined,
    ]);
  });

  test('with a malformed requestId in its address is told so after connected', async () => {
    const socket = await rig.plain('/?requestId=a%20b');
    await socket.until(({ type }) => type === 'error');
    expect(socket.frames).toMatchObject([{ type: 'connected', requestId: null }, { code: 'invalid_request_id' }]);
  });

  test('with a frame over 64 KiB is closed with 1009', async () => {
    const socket = await rig.plain('/ws/requests');
    socket.send({ type: 'start', requestId: rig.id(), userQuery: 'x'.repeat(64 * 1024) });
    expect((await socket.closed).code).toBe(1009);
  });

  test('shares the root path with HTTP, which has nothing there', async () => {
    const { status, body } = await rig.api.get('/');
    expect([status, body['code']]).toEqual([404, 'not_found']);
  });
});

describe('over HTTP', () => {
  test('a request is started, looked at, answered and ends as over a socket', async () => {
    const requestId = rig.id();
    const body = { requestId, userQuery: 'calculate 6*7', context: { askFirst: true } };
    expect(await rig.api.post('/api/requests', body)).toMatchObject({
      status: 202,
      body: { requestId, status: expect.stringMatching(/^(pending|running|waiting_feedback)$/) },
    });
    const state = async () => (await rig.api.get(`/api/requests/${requestId}`)).body;
    await expect.poll(state).toMatchObject({ type: 'state', status: 'waiting_feedback' });
    expect((await rig.api.post('/api/requests', { ...body, userQuery: 'other' })).body).toEqual({
      requestId,
      status: 'waiting_feedback',
    });
    const feedback = (questionId: string) =>
      rig.api.post(`/api/requests/${requestId}/feedback`, { questionId, answer: { unit: 'm' } });
    expect(await feedback('q-2')).toMatchObject({
      status: 409,
      body: { error: { code: 'no_pending_question', message: expect.any(String) }, detail: expect.any(String) },
    });
    expect((await feedback('q-1')).status).toBe(202);
    await expect.poll(state, { timeout: 10_000 }).toMatchObject({
      status: 'completed',
      result: { answers: { 'q-1': { unit: 'm' } } },
    });
    expect(await rig.api.post(`/api/requests/${requestId}/cancel`)).toMatchObject({
      status: 409,
      body: { error: { code: 'request_ended' } },
    });
  });

  test('a request without an id gets one; cancel ends it', async () => {
    const { status, body } = await rig.api.post('/api/requests', { userQuery: 'wait 300s' });
    expect(status).toBe(202);
    const path = `/api/requests/${String(body['requestId'])}`;
    expect((await rig.api.post(`${path}/cancel`)).status).toBe(202);
    await expect
      .poll(async () => (await rig.api.get(path)).body, { timeout: 5_000 })
      .toMatchObject({ status: 'cancelled' });
  });

  test.each([
    ['GET', '/api/requests/nobody', undefined, 404, 'request_not_found'],
    ['POST', '/api/requests/nobody/cancel', undefined, 404, 'request_not_found'],
    ['POST', '/api/requests/nobody/feedback', { questionId: 'q-1', answer: 1 }, 404, 'request_not_found'],
    ['POST', '/api/requests', { userQuery: ' ' }, 422, 'invalid_request'],
    ['POST', '/api/requests', { requestId: 'a b', userQuery: 'x' }, 422, 'invalid_request_id'],
    ['POST', '/api/requests', [1], 422, 'invalid_request'],
  ])('%s %s %j is %i %s', async (method, path, body, status, code) => {
    expect(await rig.api.call(method, path, body)).toMatchObject({
      status,
      body: { error: { code, message: expect.any(String) }, detail: expect.any(String) },
    });
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
