/** Clients of the five systems who want more than is theirs. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../harness/gateway.ts';
import { TestSocket, type Frame } from '../harness/test-socket.ts';
import { RoomClient } from '../systems/rooms/room-client.ts';
import { jwtSecret, requests, startBobsWork, systems, type BobsWork } from './bobs-work.ts';
import { tokens, type FuzzGateway } from './fuzz-gateway.ts';

let work: BobsWork;
let gateway: FuzzGateway;
beforeAll(async () => {
  work = await startBobsWork();
  ({ gateway } = work);
}, 90_000);
afterAll(() => work.stop());

const strangers = ['ann', 'hugo'] as const;
const without = (id: string, value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(id, 'ID')) as unknown;

describe('work of somebody else', () => {
  test.each(systems)('%s: to a stranger it is as what was never there, whatever is asked over HTTP', async (system) => {
    const before = await work.stands();
    const id = work.ids[system];
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
    expect(await work.stands()).toEqual(before);
  });

  test('bob himself reaches his by its own system alone, whatever prefix he gives it', async () => {
    for (const system of systems) {
      for (const other of systems) {
        const [method, path] = requests[system][0] ?? ['GET', ''];
        const { status } = await gateway.as('bob').call(method, path.replace('ID', `${other}:${work.ids[other]}`));
        expect(status, `${system} ${other}`).toBe(404);
      }
    }
  });

  test('its id is taken, and nothing is told of it but that', async () => {
    const before = await work.stands();
    const runs = await gateway.countExecutions();
    const starts: [path: string, body: object][] = [
      ['/api/sessions', { message: 'build a shop', session_id: work.ids.ki }],
      ['/api/scam/analyze', { text: 'call me', task_id: work.ids.scam }],
      [`/api/agent-progress/${work.ids.scam}`, { message: 'forged', percent: 100, step: 'completed' }],
      ['/api/knowledge-items/crawl', { url: work.siteUrl, progress_id: work.ids.archon }],
      ['/api/requests', { requestId: work.ids.rooms, userQuery: 'bobs secret', context: { askFirst: true } }],
      ['/api/requests', { requestId: work.ids.rooms, userQuery: 'another' }],
    ];
    for (const [path, body] of starts) {
      const { status, body: reply } = await gateway.as('ann').post(path, body);
      expect([status, (reply['error'] as Frame | undefined)?.['code']], path).toEqual([409, 'id_taken']);
      expect(JSON.stringify(reply)).not.toMatch(/bob(?!s-)/);
      const human = await gateway.as('hugo').post(path, body);
      expect([human.status, (human.body['error'] as Frame | undefined)?.['code']], path).toEqual([403, 'forbidden']);
    }
    expect(await gateway.countExecutions()).toBe(runs);
    expect(await work.stands()).toEqual(before);
  });

  test('no list, log or stream tells of it', async () => {
    const ops = gateway.as('olga');
    expect(JSON.stringify((await ops.get('/api/mcp/logs?limit=1000')).body)).toContain(work.ids.archon);
    const bobs = new RegExp(`bobs|${work.ids.mgx}`);
    for (const person of strangers) {
      for (const path of ['/api/mcp/logs?limit=1000', '/api/tasks?limit=500', '/api/knowledge-items'])
        expect(JSON.stringify((await gateway.as(person).get(path)).body), path).not.toMatch(bobs);
    }
  });

  test('sockets that watch all of what is theirs are told nothing of it', async () => {
    const addresses = ['/ws/chat', '/api/mcp/logs/stream', '/api/knowledge-items/stream'];
    const sockets = await Promise.all(
      strangers.flatMap((person) => addresses.map((path) => TestSocket.open(work.wsUrl(path, person)))),
    );
    const bob = gateway.as('bob');
    const bobsSocket = await TestSocket.open(work.wsUrl('/ws/chat', 'bob'));
    const anns = await TestSocket.open(work.wsUrl('/ws/chat', 'ann'));
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
    const before = await work.stands();
    for (const person of strangers) {
      const ki = await TestSocket.open(work.wsUrl(`/ws/chat?session_id=${work.ids.ki}`, person));
      for (const frame of [
        { type: 'hitl_response', decision: 'approve' },
        { type: 'cancel' },
        { type: 'chat', message: 'build a shop' },
        { type: 'init', session_id: work.ids.ki },
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
      const scam = await TestSocket.open(work.wsUrl(`/ws/agent-progress/${work.ids.scam}`, person));
      const many = await TestSocket.open(work.wsUrl(`/ws/agent-progress?task_ids=${work.ids.scam},x`, person));
      const mgx = await TestSocket.open(work.wsUrl(`/ws/tasks/${work.ids.mgx}`, person));
      expect((await mgx.closed).code).toBe(1008);
      expect(mgx.frames).toMatchObject([{ type: 'error', data: { code: 'task_not_found' } }]);
      const archon = await TestSocket.open(work.wsUrl(`/api/crawl-progress/${work.ids.archon}`, person));
      await archon.until(({ type }) => type === 'connection_established');
      const rooms = await TestSocket.open(work.wsUrl(`/?requestId=${work.ids.rooms}`, person));
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
      const progress = await gateway.as('bob').post(`/api/agent-progress/${work.ids.scam}`, {
        message: 'bobs secret',
        percent: 10,
        step: 'entity_extraction',
      });
      expect(progress.status).toBe(202);
      for (const socket of [ki, scam, many, archon, rooms]) {
        expect(JSON.stringify(socket.frames)).not.toContain('secret');
        socket.close();
      }
      expect(scam.frames.map(({ step }) => step)).toEqual(['connected']);
      expect(archon.frames).toMatchObject([{ data: { status: 'waiting' } }]);
    }
    expect(await work.stands()).toEqual(before);
  });

  test.each(['polling', 'websocket'])('Socket.IO over %s is no other door', async (transport) => {
    const before = await work.stands();
    for (const person of strangers) {
      const client = await RoomClient.open(
        gateway.url,
        { requestId: work.ids.rooms },
        { auth: { token: tokens[person] }, transports: [transport] },
      );
      const refused = (code: string) => ({ ok: false, error: { code } });
      expect(await client.ask('rejoin', {})).toEqual({ ok: true });
      expect(await client.ask('feedback', { questionId: 'q-1', answer: 'mine' })).toMatchObject(
        refused('request_not_found'),
      );
      expect(await client.ask('cancel', { requestId: work.ids.rooms })).toMatchObject(refused('request_not_found'));
      expect(await client.ask('cancel', { requestId: `rooms:${work.ids.rooms}` })).toMatchObject(
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
        RoomClient.open(gateway.url, { requestId: work.ids.rooms }, { auth: { token }, transports: [transport] }),
      ).rejects.toThrow(/token/i);
    expect(await work.stands()).toEqual(before);
  });

  test('ops sees and does all of it', async () => {
    const ops = gateway.as('olga');
    for (const system of systems) {
      const [, path] = requests[system][0] ?? ['', ''];
      expect((await ops.get(path.replace('ID', work.ids[system]))).status, system).toBe(200);
    }
  });
});

function jwtFor(claims: object): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', jwtSecret).update(content).digest('base64url')}`;
}

test('a token for one task opens, lists and begins nothing else', async () => {
  const token = jwtFor({ sub: 'bob', roles: ['client', 'ops'], task_id: 'only-this' });
  const api = new Api(gateway.url, token);
  const before = await work.stands();
  const runs = await gateway.countExecutions();
  for (const system of systems) {
    for (const [method, path, body] of requests[system]) {
      const { status } = await api.call(method, path.replace('ID', work.ids[system]), body);
      expect([401, 403, 404], `${method} ${path}`).toContain(status);
    }
  }
  const starts: [path: string, body: object][] = [
    ['/api/sessions', { message: 'build a shop' }],
    ['/api/scam/analyze', { text: 'call me', task_id: 'another' }],
    ['/api/agent-progress/another', { message: 'x', percent: 1 }],
    ['/api/scam/reports', { entity: '+12025550114', kind: 'phone' }],
    ['/api/tasks', { input_prompt: 'x' }],
    ['/api/knowledge-items/crawl', { url: work.siteUrl }],
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
  expect(await work.stands()).toEqual(before);
  expect(await gateway.countExecutions()).toBe(runs + 1);
});

test('who waits for a request is told when it begins, though somebody else has a run of that bare name', async () => {
  const name = await gateway.as('bob').script([{ script: [{ do: 'hold' }] }]);
  const socket = await TestSocket.open(work.wsUrl(`/?requestId=${name}`, 'ann'));
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
  const socket = await TestSocket.open(work.wsUrl(`/ws/tasks/${String(body['id'])}?after=99`, 'ann'));
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
    for (let n = 0; n < 5; n++) (await TestSocket.open(work.wsUrl(`${path}gone-${n}`, 'ann'))).close();
  for (const transport of ['polling', 'websocket'])
    for (let n = 0; n < 5; n++) {
      const auth = { token: tokens.ann };
      (await RoomClient.open(gateway.url, { requestId: `gone-${n}` }, { auth, transports: [transport] })).close();
    }
});

test('when all have gone nothing is held, and nothing of it was a fault of ours', () => work.expectNothingLeft());
