/** With AUTH_TOKEN: transports, tokens, principals, limits and pings. */
import { WebSocket } from 'ws';
import { beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { useRig } from './rig.ts';
import { RoomClient } from './room-client.ts';
import { busyMs } from '../../harness/busy.ts';

const [ann, bob, ops] = ['anns-token', 'bobs-token', 'ops-token'];
const connectionsMax = 40;
const rig = useRig(
  {
    AUTH_TOKEN: `${unique('rooms-ann')}:client:${ann},${unique('rooms-bob')}:client:${bob},${unique('rooms-ops')}:ops:${ops}`,
    CORS_ORIGINS: '*',
    BATON_MAX_CONNECTIONS: String(connectionsMax),
  },
  ann,
);

/** Idle from the beginning of the file: when each was pinged, in milliseconds after it was open. */
const pinged: Record<'plain' | 'socketIo', Promise<number>> = {
  plain: Promise.resolve(0),
  socketIo: Promise.resolve(0),
};
const idle: { close(): void }[] = [];
let roomThatIsLeft = '';
beforeAll(async () => {
  const openedAt = performance.now();
  const plain = await rig.product.open('/ws/requests');
  const client = await RoomClient.open(rig.product.url, {}, { auth: { token: ann } });
  idle.push(plain, client);
  pinged.plain = new Promise((resolve) => plain.ws.once('ping', () => resolve(performance.now() - openedAt)));
  pinged.socketIo = new Promise((resolve) =>
    client.socket.io.once('ping', () => resolve(performance.now() - openedAt)),
  );
  roomThatIsLeft = (await rig.waitingAtStep2()).requestId;
  const others = await Promise.all([1, 2].map(() => rig.client(roomThatIsLeft)));
  for (const other of others) await other.ask('rejoin', {});
  await until('one reader of the log for three clients of its room', async () => (await tails()) === 1);
  for (const other of others) other.close();
});

/** The runs whose log this gateway reads. */
async function tails(): Promise<number> {
  const response = await fetch(`${rig.product.url}/metrics`, { headers: { authorization: `Bearer ${ops}` } });
  const text = await response.text();
  const [, count] = /^baton_tails (\d+)$/m.exec(text) ?? [];
  if (count === undefined) throw new Error(`no metrics but ${response.status} ${text.slice(0, 500)}`);
  return Number(count);
}

const handshake = (eio = 4) => `${rig.product.url}/socket.io/?EIO=${eio}&transport=polling`;

describe('a Socket.IO client', () => {
  test.each([
    ['begins with polling and upgrades, by default', {}, 'websocket'],
    ['may stay with polling', { transports: ['polling'] }, 'polling'],
    ['may begin with a WebSocket', { transports: ['websocket'] }, 'websocket'],
  ])('%s, and watches its request', async (_what, options, transport) => {
    const requestId = rig.id();
    const client = await rig.client(requestId, {}, { ...options, auth: { token: ann } });
    await expect.poll(() => client.socket.io.engine.transport.name).toBe(transport);
    client.emit('start', { requestId, userQuery: 'calculate 6*7' });
    expect(await client.until('request.completed')).toMatchObject({ result: { answer: '42' } });
  });

  test('of version 3 or 4, spoken by hand over polling, gets each message as one packet', async () => {
    const requestId = rig.id();
    const opened = await (await fetch(`${handshake()}&requestId=${requestId}&mirror=0`)).text();
    const { sid, ...rest } = JSON.parse(opened.slice(1)) as Record<string, unknown>;
    expect(rest).toEqual({ upgrades: ['websocket'], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 64 * 1024 });
    const session = `${handshake()}&sid=${String(sid)}`;
    const say = (packet: string) => fetch(session, { method: 'POST', body: packet });
    const hear = async () => (await (await fetch(session)).text()).split('\x1e');
    await say(`40{"token":"${ann}"}`);
    expect(await hear()).toEqual([expect.stringMatching(/^40\{"sid":"[^"]+"[^{}]*\}$/)]);
    await say('420["rejoin",{}]');
    const packets: string[] = [];
    while (packets.length < 2) packets.push(...(await hear()));
    expect(packets).toEqual([
      `42["state",{"type":"state","requestId":"${requestId}","status":"unknown","plan":{"steps":[]},"currentStep":null,"agents":{},"question":null,"result":null,"error":null,"seq":0}]`,
      '430[{"ok":true}]',
    ]);
    await say('42["start",{"userQuery":"calculate 6*7"}]');
    const told: string[] = [];
    while (!told.some((packet) => packet.includes('request.completed'))) told.push(...(await hear()));
    expect(told[0]).toBe(
      `42["agent.completed",{"type":"agent.completed","agent":"thought-agent","requestId":"${requestId}","data":{"intent":"calculate","steps":1},"seq":1}]`,
    );
    expect(told).toHaveLength(6);
    await say('41');
    await say('1');
  });

  test('of version 2 is refused by a status that says so, over either transport', async () => {
    const refused = await fetch(handshake(3));
    const answer = { code: 5, message: 'Unsupported protocol version' };
    expect([refused.status, await refused.json()]).toEqual([400, answer]);
    const address = `${rig.product.url.replace('http', 'ws')}/socket.io/?EIO=3&transport=websocket`;
    await expect(TestSocket.open(address)).rejects.toThrow('400');
  });

  test.each([['websocket'], ['polling']])(
    'that sends more than 64 KiB at once over %s is cut off',
    async (transport) => {
      const client = await rig.client(
        rig.id(),
        {},
        { transports: [transport], reconnection: false, auth: { token: ann } },
      );
      const lost = new Promise((resolve) => client.socket.once('disconnect', resolve));
      client.emit('start', { userQuery: 'x'.repeat(70_000) });
      expect(await lost).toMatch(/^transport /);
    },
  );
});

describe('a token', () => {
  test.each([
    ['the Bearer header', {}, { extraHeaders: { authorization: `Bearer ${ann}` } }],
    ['?token=', { token: ann }, {}],
    ['auth.token', {}, { auth: { token: ann } }],
  ])('in %s lets a Socket.IO client in', async (_how, query, options) => {
    const client = await rig.client(rig.id(), query, { auth: {}, ...options });
    expect(await client.ask('rejoin', {})).toEqual({ ok: true });
  });

  test.each([
    ['none', {}],
    ['a wrong one', { auth: { token: 'guessed' } }],
    ['one that is no text', { auth: { token: { a: 1 } } }],
  ])('that is missing or wrong (%s) is a connect_error with its code', async (_what, options) => {
    await expect(rig.client(rig.id(), {}, { auth: {}, ...options })).rejects.toMatchObject({
      data: { code: 'unauthenticated' },
    });
  });

  test('in the Bearer header or ?token= lets a plain socket in; without one it is 401, as over HTTP', async () => {
    for (const path of ['/', '/ws/requests']) {
      const address = rig.product.url.replace('http', 'ws') + path;
      const requestId = rig.id();
      const byQuery = await TestSocket.open(`${address}?requestId=${requestId}&token=${ann}`);
      expect(await byQuery.until(() => true)).toEqual({ type: 'connected', requestId });
      byQuery.close();
      const byHeader = await rig.plain(`${path}?requestId=${requestId}`);
      expect(await byHeader.until(() => true)).toEqual({ type: 'connected', requestId });
      await expect(TestSocket.open(address)).rejects.toThrow('401');
      await expect(TestSocket.open(`${address}?token=guessed`)).rejects.toThrow('401');
    }
    expect(await new Api(rig.product.url).get('/api/requests/any')).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated' } },
    });
  });

  test('is what lets pages of every origin in with CORS_ORIGINS=*, without credentials', async () => {
    const origin = 'https://anywhere.example';
    expect(await rig.page(origin)).toEqual([200, origin, null]);
  });
});

describe('a principal', () => {
  test('may cancel its requests from the room of another one', async () => {
    const { requestId, client } = await rig.waitingAtStep2();
    const elsewhere = await rig.client(rig.id());
    expect(await elsewhere.ask('cancel', { requestId })).toEqual({ ok: true });
    expect(await client.until('request.completed')).toMatchObject({ result: { status: 'cancelled' } });
  });

  test("neither sees, nor answers, nor cancels, nor starts somebody else's request", async () => {
    const { requestId, client } = await rig.waitingAtStep2();
    const other = await rig.client(requestId, {}, { auth: { token: bob } });
    expect(await other.ask('rejoin', {})).toEqual({ ok: true });
    expect(await other.until('state')).toMatchObject({ status: 'unknown' });
    const codes: unknown[] = [];
    for (const [event, fields] of [
      ['cancel', {}],
      ['feedback', { questionId: 'q-1', answer: 1 }],
      ['start', { userQuery: 'calculate 1+1' }],
    ] as const)
      codes.push(((await other.ask(event, fields)) as { error: { code: string } }).error.code);
    expect(codes).toEqual(['request_not_found', 'request_not_found', 'id_taken']);
    const bobs = new Api(rig.product.url, bob);
    expect((await bobs.get(`/api/requests/${requestId}`)).status).toBe(404);
    expect((await bobs.post(`/api/requests/${requestId}/cancel`)).status).toBe(404);
    expect((await bobs.post('/api/requests', { requestId, userQuery: 'a' })).status).toBe(409);
    client.emit('cancel', {});
    await client.until('request.completed');
    expect(other.types).toEqual(['state', 'error', 'error', 'error']);
  });
});

test('handshakes that say nothing count as connections: beyond the limit all are 503, until some have gone', async () => {
  const sessions: WebSocket[] = [];
  const address = `${rig.product.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const open = () =>
    new Promise<number>((resolve, reject) => {
      const socket = new WebSocket(address);
      socket.once('open', () => resolve(sessions.push(socket) && 101));
      socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
      socket.once('error', reject);
    });
  const answers: number[] = [];
  while (answers.at(-1) !== 503 && answers.length <= connectionsMax) answers.push(await open());
  expect(answers.at(-1)).toBe(503);
  expect((await fetch(handshake())).status).toBe(503);
  await expect(rig.plain('/ws/requests')).rejects.toThrow('503');
  for (const socket of sessions) socket.terminate();
  await expect.poll(open).toBe(101);
  for (const socket of sessions) socket.terminate();
});

test('idle clients are pinged: plain ones within 30 s, those of Socket.IO each 25 s', async () => {
  expect(await pinged.plain).toBeLessThanOrEqual(30_000 + busyMs);
  const ms = await pinged.socketIo;
  expect(ms).toBeGreaterThan(24_000);
  expect(ms).toBeLessThanOrEqual(30_000 + busyMs);
  for (const socket of idle) socket.close();
});

test('a room that everybody has left is read no more, and its request goes on', async () => {
  await until('the end of the reading', async () => (await tails()) === 0, 40_000);
  expect((await rig.api.get(`/api/requests/${roomThatIsLeft}`)).body).toMatchObject({ status: 'running' });
  expect((await rig.api.post(`/api/requests/${roomThatIsLeft}/cancel`)).status).toBe(202);
});
