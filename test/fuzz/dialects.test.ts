/** Clients of the five systems who want more than is theirs, and who send what makes no sense. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { Api } from '../harness/gateway.ts';
import { rounds } from '../harness/test-size.ts';
import { TestSocket, type Frame } from '../harness/test-socket.ts';
import { RoomClient } from '../systems/rooms/room-client.ts';
import { startFuzzGateway, tokens, type FuzzGateway, type Person } from './fuzz-gateway.ts';
import { hostileJson, hostileSegment, hostileString, hostileValue, mutated } from './hostile-values.ts';
import { newSeed } from './seed.ts';
import { closeConnections, send } from './send.ts';

const seed = newSeed('dialects');
const secret = 'the-secret-of-these-tests-is-long-enough-91e0';

let gateway: FuzzGateway;
let site: Site;
let release: () => void;
/** Ids of bob's work, by system: all of it is under way. */
const bobs = { ki: 'bobs-session', scam: 'bobs-relay', mgx: '', archon: 'bobs-crawl', rooms: 'bobs-request' };

beforeAll(async () => {
  site = await startSite({ pages: 3 });
  release = site.hold();
  gateway = await startFuzzGateway({
    CRAWL_ALLOW_PRIVATE: '1',
    AUTH_JWT_SECRET: secret,
    MGX_TEST_PACE_MS: '0',
  });
  const bob = gateway.as('bob');
  const begin = async (path: string, body: Frame) => {
    const { status, body: reply } = await bob.post(path, body);
    expect(status, JSON.stringify(reply)).toBeGreaterThanOrEqual(201);
    expect(status).toBeLessThan(203);
    return reply;
  };
  await begin('/api/sessions', { message: 'build a shop', session_id: bobs.ki });
  await begin(`/api/agent-progress/${bobs.scam}`, { message: 'bobs secret', percent: 10, step: 'entity_extraction' });
  bobs.mgx = String((await begin('/api/tasks', { input_prompt: 'bobs secret wish' }))['id']);
  await begin('/api/knowledge-items/crawl', { url: site.url, progress_id: bobs.archon });
  await begin('/api/requests', {
    requestId: bobs.rooms,
    userQuery: 'bobs secret',
    context: { askFirst: true },
  });
  for (const run of [`ki:${bobs.ki}`, `rooms:${bobs.rooms}`])
    await bob.eventsUntil(run, ({ type }) => type === 'question.asked');
}, 90_000);
afterAll(async () => {
  release();
  closeConnections();
  await gateway.stop();
  await site.stop();
});

type System = keyof typeof bobs;

const requests: Record<System, readonly (readonly [method: string, path: string, body?: object])[]> = {
  ki: [
    ['GET', '/api/sessions/ID'],
    ['GET', '/api/sessions/ID/events'],
    ['POST', '/api/sessions/ID/hitl', { decision: 'approve' }],
    ['POST', '/api/sessions/ID/cancel'],
  ],
  scam: [
    ['GET', '/api/scam/tasks/ID'],
    ['POST', '/api/scam/tasks/ID/cancel'],
  ],
  mgx: [
    ['GET', '/api/tasks/ID'],
    ['GET', '/api/tasks/ID/events'],
    ['POST', '/api/tasks/ID/run'],
    ['POST', '/api/tasks/ID/cancel'],
    ['POST', '/api/tasks/ID/retry'],
  ],
  archon: [
    ['GET', '/api/crawl-progress/ID'],
    ['POST', '/api/knowledge-items/crawl/ID/cancel'],
  ],
  rooms: [
    ['GET', '/api/requests/ID'],
    ['POST', '/api/requests/ID/cancel'],
    ['POST', '/api/requests/ID/feedback', { questionId: 'q-1', answer: 'mine' }],
  ],
};
const systems = Object.keys(requests) as System[];
const strangers = ['ann', 'hugo'] as const;

/** How bob's own work stands, in the words of each system. */
async function stands(): Promise<unknown[]> {
  const bob = gateway.as('bob');
  const at = async (path: string) => (await bob.get(path)).body;
  const session = await at(`/api/sessions/${bobs.ki}`);
  const task = await at(`/api/scam/tasks/${bobs.scam}`);
  const request = await at(`/api/requests/${bobs.rooms}`);
  return [
    [session['status'], session['events_total']],
    [task['status'], task['percent'], task['message']],
    [(await at(`/api/tasks/${bobs.mgx}`))['status']],
    [(await at(`/api/crawl-progress/${bobs.archon}`))['status']],
    [request['status'], request['seq']],
  ];
}

const without = (id: string, value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(id, 'ID')) as unknown;
const wsUrl = (path: string, person: Person) =>
  `${gateway.url.replace('http', 'ws')}${path}${path.includes('?') ? '&' : '?'}token=${tokens[person]}`;

describe('work of somebody else', () => {
  test.each(systems)('%s: to a stranger it is as what was never there, whatever is asked over HTTP', async (system) => {
    const before = await stands();
    const id = bobs[system];
    const run = `${system}:${id}`;
    for (const person of strangers) {
      for (const [method, path, body] of requests[system]) {
        // By its id, by the run's, and by those as another system might have them.
        for (const [real, none] of [
          [id, 'never-there'],
          [run, `${system}:never-there`],
          [`archon:${id}`, 'archon:never-there'],
        ] as const) {
          const ask = (given: string) => gateway.as(person).call(method, path.replace('ID', given), body);
          const [theirs, nobodys] = await Promise.all([ask(real), ask(none)]);
          expect(theirs.status, `${person} ${method} ${path} ${real}`).toBe(404);
          expect(without(real, theirs.body)).toEqual(without(none, nobodys.body));
        }
      }
    }
    expect(await stands()).toEqual(before);
  });

  test('bob himself reaches his by its own system alone, whatever prefix he gives it', async () => {
    for (const system of systems) {
      for (const other of systems) {
        const [method, path] = requests[system][0] ?? ['GET', ''];
        const { status } = await gateway.as('bob').call(method, path.replace('ID', `${other}:${bobs[other]}`));
        expect(status, `${system} ${other}`).toBe(404);
      }
    }
  });

  test('its id is taken, and nothing is told of it but that', async () => {
    const before = await stands();
    const runs = await gateway.countExecutions();
    const starts: [path: string, body: object][] = [
      ['/api/sessions', { message: 'build a shop', session_id: bobs.ki }],
      ['/api/scam/analyze', { text: 'call me', task_id: bobs.scam }],
      [`/api/agent-progress/${bobs.scam}`, { message: 'forged', percent: 100, step: 'completed' }],
      ['/api/knowledge-items/crawl', { url: site.url, progress_id: bobs.archon }],
      ['/api/requests', { requestId: bobs.rooms, userQuery: 'bobs secret', context: { askFirst: true } }],
      ['/api/requests', { requestId: bobs.rooms, userQuery: 'another' }],
    ];
    for (const [path, body] of starts) {
      const { status, body: reply } = await gateway.as('ann').post(path, body);
      expect([status, (reply['error'] as Frame | undefined)?.['code']], path).toEqual([409, 'id_taken']);
      expect(JSON.stringify(reply)).not.toMatch(/bob(?!s-)/);
      const human = await gateway.as('hugo').post(path, body);
      expect([human.status, (human.body['error'] as Frame | undefined)?.['code']], path).toEqual([403, 'forbidden']);
    }
    expect(await gateway.countExecutions()).toBe(runs);
    expect(await stands()).toEqual(before);
  });

  test('no list, log or stream tells of it', async () => {
    const ops = gateway.as('olga');
    expect(JSON.stringify((await ops.get('/api/mcp/logs?limit=1000')).body)).toContain(bobs.archon);
    for (const person of strangers) {
      for (const path of ['/api/mcp/logs?limit=1000', '/api/tasks?limit=500', '/api/knowledge-items'])
        expect(JSON.stringify((await gateway.as(person).get(path)).body), path).not.toMatch(/bobs|tk-/);
    }
  });

  test('sockets that watch all of what is theirs are told nothing of it', async () => {
    const addresses = ['/ws/chat', '/api/mcp/logs/stream', '/api/knowledge-items/stream'];
    const sockets = await Promise.all(
      strangers.flatMap((person) => addresses.map((path) => TestSocket.open(wsUrl(path, person)))),
    );
    const bob = gateway.as('bob');
    const bobsSocket = await TestSocket.open(wsUrl('/ws/chat', 'bob'));
    const anns = await TestSocket.open(wsUrl('/ws/chat', 'ann'));
    await bob.post('/api/sessions', { message: 'what is this?', session_id: 'bobs-second' });
    await gateway.as('ann').post('/api/sessions', { message: 'what is this?', session_id: 'anns-own' });
    const isEndOf = (session: string) => (frame: Frame) =>
      frame['type'] === 'workflow_complete' && frame['session_id'] === session;
    await Promise.all([bobsSocket.until(isEndOf('bobs-second'), 40_000), anns.until(isEndOf('anns-own'), 40_000)]);
    for (const socket of [...sockets, anns]) {
      expect(JSON.stringify(socket.frames)).not.toContain('bobs');
      socket.close();
    }
    expect(JSON.stringify(bobsSocket.frames)).not.toContain('anns');
    bobsSocket.close();
  });

  test('a socket that names it waits as for one that is not there, and can do nothing to it', async () => {
    const before = await stands();
    for (const person of strangers) {
      const ki = await TestSocket.open(wsUrl(`/ws/chat?session_id=${bobs.ki}`, person));
      for (const frame of [
        { type: 'hitl_response', decision: 'approve' },
        { type: 'cancel' },
        { type: 'chat', message: 'build a shop' },
        { type: 'init', session_id: bobs.ki },
        { type: 'ping' },
      ])
        ki.send(frame);
      await ki.until(({ type }) => type === 'pong');
      expect(ki.frames.map(({ type, code }) => code ?? type)).toEqual([
        'connected',
        'no_pending_hitl',
        'already_ended',
        person === 'ann' ? 'id_taken' : 'forbidden',
        'initialized',
        'pong',
      ]);
      const scam = await TestSocket.open(wsUrl(`/ws/agent-progress/${bobs.scam}`, person));
      const many = await TestSocket.open(wsUrl(`/ws/agent-progress?task_ids=${bobs.scam},x`, person));
      const mgx = await TestSocket.open(wsUrl(`/ws/tasks/${bobs.mgx}`, person));
      expect((await mgx.closed).code).toBe(1008);
      expect(mgx.frames).toMatchObject([{ type: 'error', data: { code: 'task_not_found' } }]);
      const archon = await TestSocket.open(wsUrl(`/api/crawl-progress/${bobs.archon}`, person));
      await archon.until(({ type }) => type === 'connection_established');
      const rooms = await TestSocket.open(wsUrl(`/?requestId=${bobs.rooms}`, person));
      rooms.send({ type: 'rejoin' });
      rooms.send({ type: 'feedback', questionId: 'q-1', answer: 'mine' });
      rooms.send({ type: 'cancel' });
      rooms.send({ type: 'start', userQuery: 'mine' });
      await rooms.until(({ code }) => code === (person === 'ann' ? 'id_taken' : 'forbidden'));
      expect(rooms.frames.map(({ type, code, status }) => code ?? status ?? type)).toEqual([
        'connected',
        'unknown',
        'request_not_found',
        'request_not_found',
        person === 'ann' ? 'id_taken' : 'forbidden',
      ]);
      const progress = await gateway
        .as('bob')
        .post(`/api/agent-progress/${bobs.scam}`, { message: 'bobs secret', percent: 10, step: 'entity_extraction' });
      expect(progress.status).toBe(202);
      for (const socket of [ki, scam, many, archon, rooms]) {
        expect(JSON.stringify(socket.frames)).not.toContain('secret');
        socket.close();
      }
      expect(scam.frames.map(({ step }) => step)).toEqual(['connected']);
      expect(archon.frames).toMatchObject([{ data: { status: 'waiting' } }]);
    }
    expect(await stands()).toEqual(before);
  });

  test.each(['polling', 'websocket'])('Socket.IO over %s is no other door', async (transport) => {
    const before = await stands();
    for (const person of strangers) {
      const client = await RoomClient.open(
        gateway.url,
        { requestId: bobs.rooms },
        { auth: { token: tokens[person] }, transports: [transport] },
      );
      const refused = (code: string) => ({ ok: false, error: { code } });
      expect(await client.ask('rejoin', {})).toEqual({ ok: true });
      expect(await client.ask('feedback', { questionId: 'q-1', answer: 'mine' })).toMatchObject(
        refused('request_not_found'),
      );
      expect(await client.ask('cancel', { requestId: bobs.rooms })).toMatchObject(refused('request_not_found'));
      expect(await client.ask('cancel', { requestId: `rooms:${bobs.rooms}` })).toMatchObject(
        refused('request_not_found'),
      );
      expect(await client.ask('start', { userQuery: 'mine' })).toMatchObject(
        refused(person === 'ann' ? 'id_taken' : 'forbidden'),
      );
      expect(client.messages.filter(({ type }) => type !== 'error')).toMatchObject([
        { type: 'state', status: 'unknown' },
      ]);
      client.close();
    }
    for (const token of ['', 'wrong', undefined])
      await expect(
        RoomClient.open(gateway.url, { requestId: bobs.rooms }, { auth: { token }, transports: [transport] }),
      ).rejects.toThrow(/token/i);
    expect(await stands()).toEqual(before);
  });

  test('ops sees and does all of it', async () => {
    const ops = gateway.as('olga');
    for (const system of systems) {
      const [, path] = requests[system][0] ?? ['', ''];
      expect((await ops.get(path.replace('ID', bobs[system]))).status, system).toBe(200);
    }
  });
});

function jwtFor(claims: object): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

test('a token for one task opens, lists and begins nothing else', async () => {
  const token = jwtFor({ sub: 'bob', roles: ['client', 'ops'], task_id: 'only-this' });
  const api = new Api(gateway.url, token);
  const before = await stands();
  const runs = await gateway.countExecutions();
  for (const system of systems) {
    for (const [method, path, body] of requests[system]) {
      const { status } = await api.call(method, path.replace('ID', bobs[system]), body);
      expect([401, 403, 404], `${method} ${path}`).toContain(status);
    }
  }
  const starts: [path: string, body: object][] = [
    ['/api/sessions', { message: 'build a shop' }],
    ['/api/scam/analyze', { text: 'call me', task_id: 'another' }],
    ['/api/agent-progress/another', { message: 'x', percent: 1 }],
    ['/api/scam/reports', { entity: '+12025550114', kind: 'phone' }],
    ['/api/tasks', { input_prompt: 'x' }],
    ['/api/knowledge-items/crawl', { url: site.url }],
    ['/api/requests', { userQuery: 'x' }],
  ];
  for (const [path, body] of starts) expect([401, 403], path).toContain((await api.post(path, body)).status);
  for (const path of ['/api/knowledge-items', '/api/knowledge-items/search?q=a'])
    expect((await api.get(path)).status, path).toBe(403);
  expect((await api.get('/api/mcp/logs')).body).toEqual({ logs: [] });
  expect((await api.get('/api/tasks')).body).toMatchObject({ tasks: [] });
  const base = gateway.url.replace('http', 'ws');
  await expect(TestSocket.open(`${base}/api/knowledge-items/stream?token=${token}`)).rejects.toThrow('403');
  await expect(TestSocket.open(`${base}/ws/agent-progress/another?token=${token}`)).rejects.toThrow('401');
  const [chat, log] = await Promise.all(
    ['/ws/chat', '/api/mcp/logs/stream'].map((path) => TestSocket.open(`${base}${path}?token=${token}`)),
  );
  await gateway.as('bob').post('/api/sessions', { message: 'what is this?', session_id: 'bobs-third' });
  await gateway.as('bob').eventsToEnd('ki:bobs-third');
  expect(chat?.frames.map(({ type }) => type)).toEqual(['connected']);
  expect(log?.frames).toEqual([]);
  chat?.close();
  log?.close();
  expect(await stands()).toEqual(before);
  expect(await gateway.countExecutions()).toBe(runs + 1);
});

test('who waits for a request is told when it begins, though somebody else has a run of that bare name', async () => {
  const name = await gateway.as('bob').script([{ script: [{ do: 'hold' }] }]);
  const socket = await TestSocket.open(wsUrl(`/?requestId=${name}`, 'ann'));
  socket.send({ type: 'rejoin' });
  await socket.until(({ status }) => status === 'unknown');
  const { status } = await gateway.as('ann').post('/api/requests', { requestId: name, userQuery: 'calculate 6*7' });
  expect(status).toBe(202);
  expect(await socket.until(({ type }) => type === 'request.completed')).toMatchObject({ result: { answer: '42' } });
  expect(socket.frames.find(({ type }) => type === 'agent.completed')).toMatchObject({ seq: 1 });
  socket.close();
});

test('a cursor beyond the end of a task is told, and holds nothing', async () => {
  const { body } = await gateway.as('ann').post('/api/tasks', { input_prompt: 'a list of books' });
  const socket = await TestSocket.open(wsUrl(`/ws/tasks/${String(body['id'])}?after=99`, 'ann'));
  expect((await socket.closed).code).toBe(1008);
  expect(socket.frames).toMatchObject([{ type: 'error', data: { code: 'cursor_ahead' } }]);
  expect((await gateway.as('ann').get(`/api/tasks/${String(body['id'])}`)).body).toMatchObject({ status: 'PENDING' });
});

test('clients that leave before anybody has looked for what they want leave no wait behind', async () => {
  const waits = [
    '/ws/chat?session_id=',
    '/ws/agent-progress/',
    '/ws/agent-progress?task_ids=other,',
    '/api/crawl-progress/',
    '/ws/tasks/',
    '/?requestId=',
    '/ws/chat?x=',
    '/api/mcp/logs/stream?x=',
    '/api/knowledge-items/stream?x=',
  ];
  for (const path of waits)
    for (let n = 0; n < 5; n++) (await TestSocket.open(wsUrl(`${path}gone-${n}`, 'ann'))).close();
  for (const transport of ['polling', 'websocket'])
    for (let n = 0; n < 5; n++) {
      const auth = { token: tokens.ann };
      (await RoomClient.open(gateway.url, { requestId: `gone-${n}` }, { auth, transports: [transport] })).close();
    }
});

/** Every address of a dialect that takes requests, with a body that is right. */
const addresses: readonly (readonly [method: string, path: string, body?: object])[] = [
  ...systems.flatMap((system) => requests[system]),
  ['POST', '/api/sessions', { message: 'build a shop', session_id: 's', auto_approve: true, hitl_timeout_seconds: 9 }],
  ['POST', '/api/scam/analyze', { text: 'call +12025550114', task_id: 't' }],
  ['POST', '/api/scam/reports', { entity: '+12025550114', kind: 'phone', note: 'x' }],
  [
    'POST',
    '/api/agent-progress/ID',
    { message: 'm', percent: 10, step: 'scam_db', tool: 'scam_database', error: false },
  ],
  ['POST', '/api/tasks', { input_prompt: 'a page', title: 't', test_mode: true }],
  ['GET', '/api/tasks'],
  ['POST', '/api/knowledge-items/crawl', { url: 'http://x.test', progress_id: 'p', max_depth: 1, tags: ['a'] }],
  ['GET', '/api/knowledge-items'],
  ['GET', '/api/knowledge-items/search'],
  ['DELETE', '/api/knowledge-items/ID'],
  ['GET', '/api/mcp/logs'],
  ['POST', '/api/requests', { requestId: 'r', userQuery: 'calculate 1+1', context: {} }],
];

const names = [
  'after',
  'limit',
  'offset',
  'status',
  'q',
  'session_id',
  'replay',
  'alias',
  'task_ids',
  'requestId',
  'mirror',
];
const hostileQuery = fc
  .array(fc.tuple(fc.constantFrom(...names), hostileSegment), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

/** Longer ones end the connection. */
const withinFrame = hostileJson.filter((text) => text.length < 30_000);

/** Who may start nothing: what is begun all the same was begun by mistake. */
describe('what makes no sense', () => {
  test('over HTTP gets a clear error in the shape of its system, and begins nothing', async () => {
    const runs = await gateway.countExecutions();
    const request = fc.constantFrom(...addresses).chain(([method, path, body]) =>
      fc.record({
        method: fc.oneof(
          { arbitrary: fc.constant(method), weight: 9 },
          fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        ),
        path: hostileSegment.map((segment) => path.replace('ID', segment)),
        query: hostileQuery,
        body: body === undefined ? fc.constant(undefined) : fc.oneof(hostileJson, mutated(JSON.stringify(body))),
        type: fc.constantFrom('application/json', 'application/json', 'text/plain', ''),
      }),
    );
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, query, body, type }) => {
        const {
          status,
          headers,
          body: text,
        } = await send(gateway.url, {
          method,
          path: `${path}?${query}`,
          headers: {
            authorization: `Bearer ${tokens.hugo}`,
            ...(type === '' ? {} : { 'content-type': type }),
          },
          ...(body === undefined || method === 'GET' || method === 'DELETE' ? {} : { body }),
        });
        expect(status, `${method} ${path}?${query} ${text}`).toBeLessThan(500);
        if (status < 300) return;
        const answer = JSON.parse(text) as { error?: { code: string; message: string }; detail: string };
        // What is none of their addresses is told as everywhere else.
        if (headers['content-type'] === 'application/problem+json') return;
        expect(answer).toEqual({ error: { code: expect.any(String), message: answer.detail }, detail: answer.detail });
        expect(answer.detail.length).toBeGreaterThan(3);
      }),
      { seed, numRuns: rounds(400, 5_000) },
    );
    expect(await gateway.countExecutions()).toBe(runs);
  });

  const sockets: readonly (readonly [path: string, frames: readonly object[]])[] = [
    [
      '/ws/chat',
      [
        { type: 'chat', message: 'build a shop', auto_approve: true },
        { type: 'init', workspace_path: '/tmp', session_id: 's' },
        { type: 'hitl_response', request_id: 'hitl-1', decision: 'approve', feedback: 'x' },
        { type: 'cancel' },
      ],
    ],
    [
      '/ws/requests',
      [
        { type: 'start', requestId: 'r', userQuery: 'calculate 1+1', context: {} },
        { type: 'feedback', requestId: 'r', questionId: 'q-1', answer: 1 },
        { type: 'cancel', requestId: 'r' },
        { type: 'rejoin', requestId: 'r' },
      ],
    ],
    ['/ws/tasks/ID', [{ type: 'cancel' }]],
    ['/ws/agent-progress/ID', [{ type: 'cancel' }]],
    ['/ws/agent-progress', [{}]],
    ['/api/crawl-progress/ID', [{ type: 'cancel' }]],
    ['/api/mcp/logs/stream', [{}]],
    ['/api/knowledge-items/stream', [{}]],
  ];

  test('over sockets is told, and ends none but as the contract has it', async () => {
    const runs = await gateway.countExecutions();
    const visit = fc.constantFrom(...sockets).chain(([path, frames]) =>
      fc.record({
        path: hostileSegment.map((segment) => path.replace('ID', segment)),
        query: hostileQuery,
        frames: fc.array(
          fc.oneof(
            hostileJson,
            fc.constantFrom(...frames).chain((frame) => mutated(JSON.stringify(frame))),
            fc
              .tuple(fc.constantFrom(...frames), hostileString, hostileValue)
              .map(([frame, key, value]) => JSON.stringify({ ...frame, [key]: value })),
            fc
              .tuple(fc.constantFrom(...frames), hostileValue)
              .map(([frame, value]) => JSON.stringify(mapped(frame, value))),
          ),
          { maxLength: 6 },
        ),
        isBinary: fc.boolean(),
      }),
    );
    const codes = new Set<number>();
    await fc.assert(
      fc.asyncProperty(visit, async ({ path, query, frames, isBinary }) => {
        const socket = await TestSocket.open(wsUrl(`${path}?${query}`, 'hugo')).catch((error: Error) => error);
        if (socket instanceof Error) {
          expect(socket.message).toMatch(/40[0-9]|414|431/);
          return;
        }
        for (const frame of frames) socket.ws.send(frame, { binary: isBinary });
        // It answers in order, so that its pong says that all were read.
        const ponged = new Promise((resolve) => socket.ws.once('pong', resolve));
        socket.ws.ping();
        await Promise.race([ponged, socket.closed]);
        if (path === '/ws/chat' || path === '/ws/requests') {
          socket.send({ type: 'last-of-all' });
          await Promise.race([socket.until(({ message }) => String(message).startsWith('type: ')), socket.closed]);
        }
        socket.close();
        const { code } = await socket.closed;
        codes.add(code);
        expect([1000, 1006, 1008, 1009], JSON.stringify(socket.frames)).toContain(code);
        expect(JSON.stringify(socket.frames)).not.toMatch(/"internal"|bobs|secret/);
      }),
      { seed, numRuns: rounds(150, 2_000) },
    );
    expect(codes).toContain(1008);
    expect(await gateway.countExecutions()).toBe(runs);
  });

  test('over Socket.IO is acknowledged as refused', async () => {
    const runs = await gateway.countExecutions();
    const client = await RoomClient.open(gateway.url, {}, { auth: { token: tokens.hugo } });
    const event = fc.oneof(
      fc.constantFrom('start', 'cancel', 'feedback', 'rejoin', 'message', 'state'),
      hostileString.filter((name) => !reserved.has(name)),
    );
    await fc.assert(
      fc.asyncProperty(event, fc.oneof(hostileValue, withinFrame), async (name, argument) => {
        const reply = (await client.ask(name, argument)) as { ok: boolean; error?: { code: string; message: string } };
        if (reply.ok) expect(['rejoin', 'message']).toContain(name);
        else {
          expect(reply.error?.code).toMatch(/^[a-z_]+$/);
          expect(reply.error?.code).not.toBe('internal');
        }
      }),
      { seed, numRuns: rounds(150, 2_000) },
    );
    client.close();
    expect(await gateway.countExecutions()).toBe(runs);
  });

  test('is worked on to an end where it is a wish all the same', async () => {
    const ann = gateway.as('ann');
    let n = 0;
    const starts: Record<string, (text: string, other: unknown) => Promise<[run: string, reply: Reply]>> = {
      rooms: async (text, other) => {
        const requestId = `hostile-${++n}`;
        const context = { note: other, [text]: other, questionTimeoutSeconds: n % 5 === 0 ? other : 5 };
        return [
          `rooms:${requestId}`,
          await ann.post('/api/requests', { requestId, userQuery: `${text} ; ${text}`, context }),
        ];
      },
      scam: async (text) => {
        const task_id = `hostile-${++n}`;
        return [
          `scam:${task_id}`,
          await ann.post('/api/scam/analyze', { text: `${text} http://${text} ${text}@x.top`, task_id }),
        ];
      },
      mgx: async (text) => {
        const created = await ann.post('/api/tasks', { input_prompt: text, title: text.slice(0, 200) });
        if (created.status !== 201) return ['', created];
        const id = String(created.body['id']);
        return [`mgx:${id}`, await ann.post(`/api/tasks/${id}/run`)];
      },
      relay: async (text) => {
        const task = `hostile-${++n}`;
        const publish = (body: object) => ann.post(`/api/agent-progress/${task}`, body);
        const first = await publish({ message: text, percent: 3, tool: text });
        if (first.status === 202)
          expect((await publish({ message: text, percent: 100, step: 'completed' })).status).toBe(202);
        return [`scam:${task}`, first];
      },
    };
    const ends = new Set<string>();
    const endOf = async (system: string, [run, { status, body }]: [string, Reply]) => {
      expect([201, 202, 422], JSON.stringify(body)).toContain(status);
      if (status === 422) return;
      const last = (await ann.eventsToEnd(run)).at(-1);
      ends.add(`${system} ${String(last?.type)}`);
      const failure = JSON.stringify(last?.data);
      expect(['run.completed', 'run.failed'], failure).toContain(last?.type);
      if (last?.type === 'run.failed') expect(failure).toMatch(/invalid|step|expression|question/i);
    };
    await fc.assert(
      fc.asyncProperty(hostileString, hostileValue, async (text, other) => {
        await Promise.all(
          Object.entries(starts).map(async ([system, start]) => endOf(system, await start(text, other))),
        );
      }),
      { seed, numRuns: rounds(8, 200), examples: [['a list of books', null]] },
    );
    for (const system of Object.keys(starts)) expect(ends).toContain(`${system} run.completed`);
  });

  test('to the Socket.IO address itself leaves it in order', async () => {
    const query = fc
      .array(
        fc.tuple(
          fc.constantFrom('EIO', 'transport', 'sid', 't', 'j', 'b64', 'requestId', 'token'),
          fc.oneof(fc.constantFrom('4', '3', 'polling', 'websocket', 'webtransport'), hostileSegment),
        ),
        { maxLength: 5 },
      )
      .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT'), query, hostileJson, async (method, given, body) => {
        const { status } = await send(gateway.url, {
          method,
          path: `/socket.io/?${given}`,
          ...(method === 'GET' ? {} : { body }),
        });
        expect(status).toBeLessThan(500);
      }),
      { seed, numRuns: rounds(100, 1_000) },
    );
    const client = await RoomClient.open(gateway.url, {}, { auth: { token: tokens.ann } });
    expect(await client.ask('rejoin', { requestId: 'none' })).toEqual({ ok: true });
    client.close();
  });
});

type Reply = Awaited<ReturnType<Api['post']>>;

const reserved = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

/** One of the frame's values replaced. */
function mapped(frame: object, value: unknown): object {
  const [key] = Object.keys(frame).toReversed();
  return key === undefined ? { value } : { ...frame, [key]: value };
}

test('when all have gone nothing is held, and nothing of it was a fault of ours', async () => {
  release();
  const bob = gateway.as('bob');
  await bob.eventsToEnd(`archon:${bobs.archon}`);
  await gateway.expectNothingHeld();
  const log = gateway.logged();
  for (const line of log.split('\n'))
    if (line !== '') expect(Number((JSON.parse(line) as { level: unknown }).level), line).toBeLessThan(50);
  for (const token of Object.values(tokens)) expect(log.includes(token), 'the log holds a token').toBe(false);
  expect((await bob.get('/readyz')).status).toBe(200);
});
