/** Commands over Socket.IO, plain sockets and HTTP, and what becomes of those that cannot be done. */
import { describe, expect, test } from 'vitest';
import { TestSocket } from '../../harness/test-socket.ts';
import { isRunning, useRig } from './rig.ts';

const rig = useRig();

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
    [
      'start with one that is longer than a day',
      'start',
      { userQuery: 'a', context: { questionTimeoutSeconds: 86_401 } },
      'invalid_request',
    ],
    ['a malformed requestId', 'rejoin', { requestId: 'no blanks' }, 'invalid_request_id'],
    ['a requestId of 129 characters', 'start', { userQuery: 'a', requestId: 'r'.repeat(129) }, 'invalid_request_id'],
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
    const named = 'requestId' in message ? message.requestId : requestId;
    const shown = typeof named === 'string' ? { requestId: named } : {};
    const error = { type: 'error', agent: 'gateway', code, message: expect.any(String), ...shown };
    expect(client.messages).toEqual([error]);
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
    const client = await rig.client(await rig.finished());
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
    const { requestId, client } = await rig.waitingAtStep2();
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

  test('may be for another request than that of the handshake: a start puts its sender into that room', async () => {
    const requestId = `${rig.id()}:A.b_`.padEnd(128, '-');
    const [client, other] = [await rig.client(rig.id()), await rig.client(rig.id())];
    const context = { questionTimeoutSeconds: 86_400 };
    expect(await client.ask('start', { requestId, userQuery: 'wait 300s', context })).toEqual({ ok: true });
    await client.until(isRunning(1));
    expect(await other.ask('cancel', { requestId })).toEqual({ ok: true });
    expect(await client.until('request.completed')).toMatchObject({ requestId, result: { status: 'cancelled' } });
    expect(other.messages, 'a cancel puts nobody into a room').toEqual([]);
  });

  test('with a private address to fetch fail at that step, for CRAWL_ALLOW_PRIVATE is not set', async () => {
    const requestId = rig.id();
    const client = await rig.client(requestId);
    client.emit('start', { requestId, userQuery: `fetch ${rig.product.url}/healthz` });
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
    const requestId = await rig.finished();
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
    for (const frame of ['no json', '[]', '7', '{"type":"dance"}', '{}', '['.repeat(5_000)]) socket.send(frame);
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

  test('shares the root path with HTTP, where the console is', async () => {
    const { status, headers } = await fetch(new URL('/', rig.product.url));
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
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
    expect(await rig.api.post('/api/requests', { ...body, userQuery: 'other' })).toMatchObject({
      status: 202,
      body: { requestId, status: 'waiting_feedback' },
    });
    const feedback = (questionId: string) =>
      rig.api.post(`/api/requests/${requestId}/feedback`, { questionId, answer: { unit: 'm' } });
    expect(await feedback('q-2')).toMatchObject({
      status: 409,
      body: { error: { code: 'no_pending_question', message: expect.any(String) }, detail: expect.any(String) },
    });
    expect((await feedback('q-1')).status).toBe(202);
    await expect.poll(state).toMatchObject({
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
    await expect.poll(async () => (await rig.api.get(path)).body).toMatchObject({ status: 'cancelled' });
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

test('without CORS_ORIGINS pages of its own and of loopback may connect, without credentials, and no other', async () => {
  for (const origin of [rig.product.url, 'http://localhost:3000', 'http://127.0.0.1:5173'])
    expect(await rig.page(origin)).toEqual([200, origin, null]);
  const foreign = 'https://evil.example';
  expect(await rig.page(foreign)).toEqual([403, null, null]);
  for (const path of ['/', '/ws/requests', '/socket.io/?EIO=4&transport=websocket']) {
    const address = rig.product.url.replace('http', 'ws') + path;
    await expect(TestSocket.open(address, { headers: { origin: foreign } })).rejects.toThrow('403');
  }
});
