/** Clients of the five systems who send what makes no sense. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../harness/gateway.ts';
import { rounds } from '../harness/test-size.ts';
import { TestSocket } from '../harness/test-socket.ts';
import { RoomClient } from '../systems/rooms/room-client.ts';
import { requests, startBobsWork, systems, type BobsWork } from './bobs-work.ts';
import { tokens, type FuzzGateway } from './fuzz-gateway.ts';
import { hostileJson, hostileSegment, hostileString, hostileValue, mutated } from './hostile-values.ts';
import { newSeed } from './seed.ts';
import { send } from './send.ts';

const seed = newSeed('dialects');

let work: BobsWork;
let gateway: FuzzGateway;
beforeAll(async () => {
  work = await startBobsWork();
  ({ gateway } = work);
}, 90_000);
afterAll(() => work.stop());

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
        const socket = await TestSocket.open(work.wsUrl(`${path}?${query}`, 'hugo')).catch((error: Error) => error);
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

test('when all have gone nothing is held, and nothing of it was a fault of ours', () => work.expectNothingLeft());
