/** Somebody with a token of their own who wants more than is theirs, and somebody without one. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../../gateway/start-gateway.ts';
import { startTestSurface } from '../../gateway/test-surface.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { testConfig } from '../harness/temporal-server.ts';
import { TestSocket } from '../harness/test-socket.ts';
import { expectClearProblem } from './clear-error.ts';
import { expectCleanLog, startFuzzGateway, tokens, type FuzzGateway } from './fuzz-gateway.ts';
import { closeConnections, send } from './send.ts';

let gateway: FuzzGateway;
let theirs: string;
beforeAll(async () => {
  gateway = await startFuzzGateway({ CORS_ORIGINS: 'https://app.example' });
  const bob = gateway.as('bob');
  theirs = await bob.script([{ script: [{ do: 'emit', count: 1, bytes: 40_000 }, { do: 'ask' }, { do: 'hold' }] }]);
  await bob.eventsUntil(theirs, ({ type }) => type === 'question.asked');
});
afterAll(async () => {
  closeConnections();
  await gateway.stop();
});

/** What may differ between a run of others and none: the id that was asked for. */
const without = (run: string, value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(run, 'RUN')) as unknown;

describe('a run of somebody else', () => {
  const requests: [method: string, path: string, body: object | undefined][] = [
    ['GET', '', undefined],
    ['GET', '/events', undefined],
    ['GET', '/events?after=99999', undefined],
    ['GET', '/stream', undefined],
    ['GET', '/blobs/event-1', undefined],
    ['POST', '/begin', {}],
    ['POST', '/messages', { input: { steps: [] } }],
    ['POST', '/retry', {}],
    ['POST', '/reset', { step: 'scripted#1' }],
    ['POST', '/fork', {}],
    ['POST', '/cancel', { mode: 'now' }],
    ['POST', '/questions/q-5/answer', { answer: { yes: true } }],
    ['POST', '/questions/none/answer', { answer: 1 }],
  ];

  test.each(requests)('%s %s: to a stranger it is as one that was never there', async (method, path, body) => {
    for (const person of ['ann', 'hugo'] as const) {
      const [real, none] = await Promise.all(
        [theirs, 'never-there'].map((run) => gateway.as(person).call(method, `/v1/runs/${run}${path}`, body)),
      );
      expect(real?.status).toBe(404);
      expect(without(theirs, real?.body)).toEqual(without('never-there', none?.body));
    }
  });

  test('the same over a socket, and neither lists nor watches tell of it', async () => {
    const socket = await TestSocket.open(`${gateway.wsUrl}?token=${tokens.ann}`);
    const operations: (readonly [op: string, fields?: Record<string, unknown>])[] = [
      ['state'],
      ['events'],
      ['subscribe'],
      ['subscribe', { after: 9_999 }],
      ['begin'],
      ['cancel'],
      ['retry'],
      ['fork'],
      ['message', { input: {} }],
      ['reset', { step: 'scripted#1' }],
      ['answer', { question: 'q-5', answer: { yes: true } }],
    ] as const;
    for (const [op, fields] of operations) {
      const real = await socket.request(op, { run: theirs, ...fields });
      const none = await socket.request(op, { run: 'never-there', ...fields });
      expect(without(theirs, real['error'])).toEqual(without('never-there', none['error']));
      expect(real).toMatchObject({ ok: false, error: { code: 'run_not_found' } });
    }
    for (const filter of [{}, { owner: 'bob' }, { status: 'waiting' }, { owner: "ann' OR BatonOwner = 'bob" }]) {
      expect(JSON.stringify(await socket.request('runs', { filter }))).not.toContain(theirs);
      expect(await socket.request('watch', { what: 'runs', filter })).toMatchObject({ ok: true });
    }
    expect(await socket.request('questions', { filter: { run: theirs } })).toMatchObject({ ok: false });
    expect(JSON.stringify(await socket.request('questions'))).not.toContain(theirs);
    await socket.request('watch', { what: 'questions' });
    await socket.request('watch', { what: 'runs' });
    const bobs = await gateway.as('bob').script([{ script: [{ do: 'ask' }] }]);
    const mine = await gateway.as('ann').script([{ script: [{ do: 'ask' }] }]);
    for (const what of ['runs', 'questions']) {
      await socket.until((frame) => frame['what'] === what && JSON.stringify(frame).includes(mine), 15_000);
    }
    expect(JSON.stringify(socket.frames)).not.toContain(bobs);
    socket.close();
  });

  test('its id cannot be taken, forked over or begun again, and its Idempotency-Key is not shared', async () => {
    const start = { blueprint: 'script', input: { steps: [{ script: [] }] } };
    const taken = await gateway.as('ann').post('/v1/runs', { ...start, id: theirs });
    expect(taken.body).toMatchObject({ code: 'id_taken' });
    expect(JSON.stringify(taken.body)).not.toContain('bob');
    const key = { 'idempotency-key': `key-${theirs}` };
    const [first, second] = [
      await gateway.as('bob').post('/v1/runs', start, key),
      await gateway.as('ann').post('/v1/runs', start, key),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body['id']).not.toBe(second.body['id']);
    expect((await gateway.as('olga').post(`/v1/runs/${theirs}/fork`, { id: first.body['id'] })).body).toMatchObject({
      code: 'run_exists',
    });
    for (const id of ['ki:1', 'rooms:x'])
      expect((await gateway.as('ann').post('/v1/runs', { ...start, id })).body).toMatchObject({ code: 'reserved_id' });
  });
});

test('roles allow what the table says, and no more', async () => {
  const mine = await gateway
    .as('ann')
    .script([{ script: [{ do: 'ask', question: { audience: { roles: ['human'] } } }, { do: 'hold' }] }]);
  await gateway.as('ann').eventsUntil(mine, ({ type }) => type === 'question.asked');
  const cases = [
    ['ann', 'POST', '/retry', {}, 403],
    ['ann', 'POST', '/reset', { step: 'scripted#1' }, 403],
    ['ann', 'POST', '/fork', {}, 403],
    ['hugo', 'GET', '', undefined, 200],
    ['hugo', 'GET', '/events', undefined, 200],
    ['hugo', 'GET', '/blobs/event-1', undefined, 200],
    ['hugo', 'POST', '/cancel', {}, 403],
    ['hugo', 'POST', '/begin', {}, 403],
    ['hugo', 'POST', '/messages', { input: {} }, 403],
    ['hugo', 'POST', '/retry', {}, 403],
    ['hugo', 'POST', '/fork', {}, 403],
    ['bob', 'GET', '', undefined, 404],
    ['olga', 'GET', '', undefined, 200],
  ] as const;
  for (const [person, method, path, body, status] of cases)
    expect(
      (await gateway.as(person).call(method, `/v1/runs/${mine}${path}`, body)).status,
      `${person} ${method} ${path}`,
    ).toBe(status);
  const start = { blueprint: 'script', input: { steps: [{ script: [] }] } };
  expect((await gateway.as('hugo').post('/v1/runs', start)).body).toMatchObject({ code: 'forbidden' });
  for (const person of ['ann', 'hugo'] as const) expect((await gateway.as(person).get('/metrics')).status).toBe(403);
  const asHuman = await gateway
    .as('ann')
    .post(`/v1/runs/${mine}/questions/q-5/answer`, { answer: { yes: true }, by: 'hugo', roles: ['human'] });
  expect(asHuman.body).toMatchObject({ code: 'invalid_request' });
  expect(
    (await gateway.as('ann').post(`/v1/runs/${mine}/questions/q-5/answer`, { answer: { yes: true } })).body,
  ).toMatchObject({ code: 'forbidden' });
});

test('no name of a blob leads out of its run', async () => {
  const names = [
    '../../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/x',
    '....//....//x',
    '/etc/passwd',
    'C:\\windows\\win.ini',
    'a\u0000.json',
    `${'0'.repeat(64)}-00000000`,
    'event-0',
    'event--1',
    'event-1e3',
    'event-999999999999999',
    'event-9999999999999999',
    '',
  ];
  for (const name of names) {
    for (const encoded of new Set([name, encodeURIComponent(name), encodeURIComponent(encodeURIComponent(name))])) {
      if (/[^!-~]/.test(encoded)) continue;
      const path = `/v1/runs/${theirs}/blobs/${encoded}`;
      const received = await send(gateway.url, {
        method: 'GET',
        path,
        headers: { authorization: `Bearer ${tokens.bob}` },
      });
      expect(received.status, path).toBe(404);
      expectClearProblem(received);
    }
  }
});

test('pages of other origins get nowhere, by request or socket', async () => {
  const headers = { authorization: `Bearer ${tokens.ann}` };
  const foreign = [
    'http://evil.test',
    'null',
    'https://app.example.evil.test',
    'http://app.example',
    'https://app.example:444',
    'http://localhost.evil.test',
    'http://127.0.0.1.nip.test',
    'file://',
    'x',
  ];
  for (const origin of foreign) {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const received = await send(gateway.url, { method, path: '/v1/runs', headers: { ...headers, origin } });
      expect(expectClearProblem(received), origin).toBe('origin_forbidden');
      expect(received.headers['access-control-allow-origin']).toBe(undefined);
    }
    await expect(TestSocket.open(`${gateway.wsUrl}?token=${tokens.ann}`, { origin })).rejects.toThrow('403');
  }
  const own = await send(gateway.url, {
    method: 'GET',
    path: '/v1/runs',
    headers: { ...headers, origin: 'https://app.example' },
  });
  expect(own.headers['access-control-allow-origin']).toBe('https://app.example');
});

test('a name that was made to point here opens nothing where everybody is let in', async () => {
  await using open = await startTestSurface();
  for (const host of ['evil.test', 'evil.test:80', 'localhost.evil.test', '127.0.0.1@evil.test'])
    expect(
      (await send(open.url, { method: 'GET', path: '/v1/runs', headers: { host } })).status,
      host,
    ).toBeGreaterThanOrEqual(400);
});

/** What the gateway says to bytes, until it closes or has said enough. */
async function talk(port: number, wire: string, withinMs = 3_000): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  const done = new Promise<void>((resolve) => {
    const late = setTimeout(resolve, withinMs);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => resolve());
    socket.on('close', () => (clearTimeout(late), resolve()));
  });
  socket.write(wire, 'latin1');
  await done;
  socket.destroy();
  return text;
}

test('requests that lie about where they end are taken for one, or for none', async () => {
  const { port } = new URL(gateway.url);
  const before = await gateway.countExecutions();
  const auth = `host: 127.0.0.1\r\nauthorization: Bearer ${tokens.ann}\r\ncontent-type: application/json\r\n`;
  const smuggled = `GET /v1/runs HTTP/1.1\r\n${auth}\r\n`;
  const wires = [
    `POST /v1/runs HTTP/1.1\r\n${auth}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `POST /v1/runs HTTP/1.1\r\n${auth}content-length: 4\r\ncontent-length: 60\r\n\r\n{}  ${smuggled}`,
    `POST /v1/runs HTTP/1.1\r\n${auth}content-length: +4\r\n\r\n{}  `,
    `POST /v1/runs HTTP/1.1\r\n${auth}content-length: -1\r\n\r\n{}`,
    `POST /v1/runs HTTP/1.1\r\n${auth}content-length: 99999999999999999999\r\n\r\n{}`,
    `POST /v1/runs HTTP/1.1\r\n${auth}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    `POST /v1/runs HTTP/1.1\r\n${auth}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`,
    `POST /v1/runs HTTP/1.1\r\n${auth}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    `GET /v1/runs HTTP/1.1\r\n host: 127.0.0.1\r\n${auth}\r\n`,
    `GET /v1/runs\r\n\r\n`,
    `GET  /v1/runs HTTP/1.1\r\n\r\n`,
    `GET /v1/runs HTTP/9.9\r\n${auth}\r\n`,
    `GET http://evil.test/v1/runs HTTP/1.1\r\n${auth}\r\n`,
    `GET /v1/runs HTTP/1.1\r\n${auth}x: ${'y'.repeat(20_000)}\r\n\r\n`,
    `GET /v1/runs HTTP/1.1\r\n${auth}${Array.from({ length: 500 }, (_, index) => `x${index}: y\r\n`).join('')}\r\n`,
    `GET /v1/runs HTTP/1.1\r\n${auth}bad header: x\r\n\r\n`,
    `\u0000\u0001\u0002\u0003\r\n\r\n`,
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    `\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003`,
  ];
  const answers = await Promise.all(wires.map((wire) => talk(Number(port), wire)));
  for (const [index, text] of answers.entries()) {
    const statuses = Array.from(text.matchAll(/HTTP\/1\.1 (\d{3})/g), (match) => Number(match[1]));
    expect(
      statuses.filter((status) => status >= 500 && status !== 505),
      wires[index]?.slice(0, 200),
    ).toEqual([]);
    // Two lengths: neither the request nor what is hidden behind it is answered.
    if (index < 2) expect(statuses.filter((status) => status !== 400)).toEqual([]);
  }
  expect(await gateway.countExecutions()).toBe(before);
  expect((await gateway.as('ann').get('/v1/blueprints')).status).toBe(200);
});

test('a request that comes while the gateway stops is told so, and ends nothing', async () => {
  const rejected: unknown[] = [];
  const note = (reason: unknown) => void rejected.push(reason);
  process.on('unhandledRejection', note);
  const surface = await startTestSurface({ AUTH_TOKEN: 'a:ops:t' });
  const head = 'host: 127.0.0.1\r\nauthorization: Bearer t\r\ncontent-type: application/json\r\n';
  const slow = connect(surface.port, '127.0.0.1');
  slow.write(`POST /v1/runs HTTP/1.1\r\n${head}content-length: 100\r\n\r\n{`);
  const late = connect(surface.port, '127.0.0.1');
  await Promise.all([once(slow, 'connect'), once(late, 'connect')]);
  late.write(`GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  await once(late, 'data');
  const stopped = surface.surface.stop();
  const answer = once(late, 'data');
  late.write(`POST /v1/runs HTTP/1.1\r\n${head}content-length: 2\r\n\r\n{}`);
  expect(String((await answer)[0])).toContain('shutting_down');
  slow.destroy();
  await stopped;
  late.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(rejected).toEqual([]);
});

test('too many requests are told when to come again, and too many sockets are not let in', async () => {
  await using busy = await startTestSurface({
    AUTH_TOKEN: 'a:client:t',
    BATON_RATE_LIMIT: '5',
    BATON_MAX_CONNECTIONS: '2',
  });
  const ask = () => send(busy.url, { method: 'GET', path: '/v1/blueprints', headers: { authorization: 'Bearer t' } });
  const received = await Promise.all(Array.from({ length: 40 }, ask));
  const refused = received.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(20);
  for (const one of refused) expect(expectClearProblem(one)).toBe('rate_limited');
  await using full = await startTestSurface({
    AUTH_TOKEN: 'a:client:t',
    BATON_RATE_LIMIT: '0',
    BATON_MAX_CONNECTIONS: '2',
  });
  const sockets = await Promise.all([1, 2].map(() => TestSocket.open(`${full.wsUrl}?token=t`)));
  await expect(TestSocket.open(`${full.wsUrl}?token=t`)).rejects.toThrow('503');
  for (const socket of sockets) socket.close();
  await expect.poll(async () => (await full.metrics.sockets.get()).values[0]?.value).toBe(0);
  (await TestSocket.open(`${full.wsUrl}?token=t`)).close();
});

test('guessing tokens gets slower, for the guesser alone', async () => {
  await using guarded = await startTestSurface({ AUTH_TOKEN: 'a:client:t', BATON_RATE_LIMIT: '0' });
  const ask = (token: string) =>
    send(guarded.url, { method: 'GET', path: '/v1/blueprints', headers: { authorization: `Bearer ${token}` } });
  const guesses = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(`guess-${index}`)));
  expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect((await ask('t')).status).toBe(200);
});

test('an address that others could reach is never open', async () => {
  for (const BATON_HOST of ['0.0.0.0', '::', '192.0.2.1', 'example.org']) {
    const start = startGateway(testConfig({ BATON_HOST }), { bus: inProcessBus(), log: createLog('test', 'silent') });
    await expect(start).rejects.toThrow(/BATON_HOST.*AUTH_TOKEN/);
  }
});

test('a crawl reaches no private address, however it is written', async () => {
  const ann = gateway.as('ann');
  const hidden = [
    'http://127.0.0.1:9/',
    'http://localhost:9/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://127.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'http://[fd00::1]/',
    'http://user:pass@127.0.0.1/',
  ];
  for (const url of hidden) {
    const { status, body } = await ann.post('/v1/runs', { blueprint: 'crawl', input: { url } });
    if (status === 422) continue;
    expect(status, url).toBe(201);
    const events = await ann.eventsToEnd(String(body['id']));
    expect(events.at(-1), url).toMatchObject({ type: 'run.failed', data: { error: { code: 'target_forbidden' } } });
  }
  for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/', 'javascript:alert(1)', 'http://', ''])
    expect((await ann.post('/v1/runs', { blueprint: 'crawl', input: { url } })).body, url).toMatchObject({
      code: 'invalid_input',
    });
});

test('and nobody’s secret, nor a line of their making, stands in the log', () => {
  expectCleanLog(gateway.logged(), Object.values(tokens));
});
