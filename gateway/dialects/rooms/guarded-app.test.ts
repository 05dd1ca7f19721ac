/** How many sessions of Socket.IO there may be, and which protocols are let in; by hand, as a stranger would. */
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { socketIoConnectMs } from '../../../protocol/limits.ts';
import { startTestSurface, type TestSurface } from '../../test-surface.ts';

const clients: { close(): unknown }[] = [];
const surfaces: TestSurface[] = [];
afterEach(async () => {
  for (const each of clients.splice(0)) each.close();
  for (const surface of surfaces.splice(0)) await surface[Symbol.asyncDispose]();
});

async function start(settings: Record<string, string> = {}): Promise<TestSurface> {
  const surface = await startTestSurface({ LOG_LEVEL: 'error', ...settings });
  surfaces.push(surface);
  return surface;
}

const polling = (eio = 4) => `/socket.io/?EIO=${eio}&transport=polling`;

/** The path of a session that has begun and says nothing. */
async function silentSession({ url }: TestSurface): Promise<string> {
  const text = await (await fetch(url + polling())).text();
  return `${url}${polling()}&sid=${(JSON.parse(text.slice(1)) as { sid: string }).sid}`;
}
const say = (session: string, packet: string) => fetch(session, { method: 'POST', body: packet });
const hear = async (session: string) => (await fetch(session)).text();

/** 101, or the status and the body of the answer that refused it. */
function upgraded({ url }: TestSurface, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws') + path);
    clients.push(socket);
    socket.on('open', () => resolve({ status: 101, text: '' }));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
}
const socketIo = (eio = 4) => `/socket.io/?EIO=${eio}&transport=websocket`;

describe('a session counts as a connection', () => {
  test('though nobody has said who it is: beyond the limit handshakes are 503, as those of every other socket', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '3', AUTH_TOKEN: 'secret' });
    await silentSession(surface);
    await silentSession(surface);
    expect((await upgraded(surface, socketIo())).status).toBe(101);
    const refused = await fetch(surface.url + polling(), { headers: { origin: 'http://localhost:3000' } });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_connections' } });
    const others = [socketIo(), '/?token=secret', '/ws/requests?token=secret', '/v1/ws?token=secret'];
    for (const path of others) {
      const { status, text } = await upgraded(surface, path);
      expect([path, status]).toEqual([path, 503]);
      expect(text).toContain('too_many_connections');
    }
  });

  test('together with sockets of every other kind', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '2' });
    expect((await upgraded(surface, '/v1/ws')).status).toBe(101);
    expect((await upgraded(surface, '/ws/requests')).status).toBe(101);
    expect((await fetch(surface.url + polling())).status).toBe(503);
  });

  test('once: neither its hello nor its upgrade is another one', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '1' });
    surface.engine.begin('rooms:rq-1');
    const socket = client(surface);
    await expect.poll(() => [socket.connected, socket.io.engine.transport.name]).toEqual([true, 'websocket']);
    expect(await socket.emitWithAck('rejoin', { requestId: 'rq-1' })).toEqual({ ok: true });
  });

  test('until it ends; a client that was refused comes in by itself then', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '1' });
    const session = await silentSession(surface);
    const socket = client(surface);
    let refusals = 0;
    socket.on('connect_error', () => refusals++);
    await expect.poll(() => refusals).toBeGreaterThan(0);
    await say(session, '1');
    await expect.poll(() => socket.connected).toBe(true);
  });

  test('also while its token is refused, and while it has left again', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '1', AUTH_TOKEN: 'secret' });
    const session = await silentSession(surface);
    await say(session, '40{"token":"guessed"}');
    expect(await hear(session)).toContain('"code":"unauthenticated"');
    expect((await fetch(surface.url + polling())).status).toBe(503);
    await say(session, '40{"token":"secret"}');
    expect(await hear(session)).toMatch(/^40\{"sid"/);
    await say(session, '41');
    expect(await hear(session)).toContain('1');
    await expect.poll(async () => (await fetch(surface.url + polling())).status).toBe(200);
  });

  test('and is gone when nobody has said hello for 10 s', async () => {
    const surface = await start({ BATON_MAX_CONNECTIONS: '1' });
    const began = performance.now();
    const session = await silentSession(surface);
    expect(await hear(session)).toBe('1');
    expect(performance.now() - began).toBeGreaterThan(socketIoConnectMs - 500);
    expect((await fetch(surface.url + polling())).status).toBe(200);
  });
});

test('a session says hello once: a second one beside it is refused, and disturbs nothing', async () => {
  const surface = await start();
  surface.engine.begin('rooms:rq-1');
  const session = await silentSession(surface);
  await say(session, '40\x1e40');
  let heard = '';
  while (heard.split('\x1e').length < 2) heard += (heard === '' ? '' : '\x1e') + (await hear(session));
  expect(heard).toMatch(/44\{"message":[^}]*,"data":\{"code":"invalid_request"/);
  expect(heard).toMatch(/40\{"sid"/);
  await say(session, '421["rejoin",{"requestId":"rq-1"}]');
  expect(await hear(session)).toContain('431[{"ok":true}]');
});

describe('the protocol', () => {
  test('before Engine.IO 4, of clients of version 2, is refused by a status that says so', async () => {
    const surface = await start();
    const answer = { code: 5, message: 'Unsupported protocol version' };
    for (const path of [polling(3), '/socket.io/?transport=polling']) {
      const refused = await fetch(surface.url + path);
      expect([refused.status, await refused.json()]).toEqual([400, answer]);
    }
    const { status, text } = await upgraded(surface, socketIo(3));
    expect([status, JSON.parse(text)]).toEqual([400, answer]);
    expect((await fetch(surface.url + polling())).status).toBe(200);
  });
});

function client({ url }: TestSurface): Socket {
  const socket = io(url, {
    forceNew: true,
    query: { requestId: 'rq-1' },
    reconnectionDelay: 20,
    randomizationFactor: 0,
  });
  clients.push(socket);
  return socket;
}
