/** Socket.IO itself: transports, origins, tokens, limits, ends. What a request tells is tested over the real engine. */
import { connect } from 'node:net';
import { SignJWT } from 'jose';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestSurface, type TestSurface } from '../../test-surface.ts';

const clients: Socket[] = [];
const surfaces: TestSurface[] = [];
afterEach(async () => {
  for (const socket of clients.splice(0)) socket.disconnect();
  for (const surface of surfaces.splice(0)) await surface[Symbol.asyncDispose]();
});

async function start(settings: Record<string, string> = {}): Promise<TestSurface> {
  const surface = await startTestSurface({ LOG_LEVEL: 'error', ...settings });
  surfaces.push(surface);
  return surface;
}

type Options = Partial<ManagerOptions & SocketOptions>;

function client({ url }: TestSurface, options: Options = {}): Socket {
  const socket = io(url, { forceNew: true, query: { requestId: 'rq-1' }, reconnectionDelay: 20, ...options });
  clients.push(socket);
  return socket;
}

const heard = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${event} within 15 s`)), 15_000);
    socket.once(event, (message: unknown) => {
      clearTimeout(late);
      resolve(message);
    });
  });

async function connected(surface: TestSurface, options: Options = {}): Promise<Socket> {
  const socket = client(surface, options);
  await heard(socket, 'connect');
  return socket;
}

async function refused(surface: TestSurface, options: Options = {}): Promise<Error & { data?: { code?: string } }> {
  const socket = client(surface, { reconnection: false, ...options });
  return (await heard(socket, 'connect_error')) as Error;
}

const handshake = (origin?: string) => ({
  path: '/socket.io/?EIO=4&transport=polling',
  headers: origin === undefined ? {} : { origin },
});
const get = ({ url }: TestSurface, { path, headers }: ReturnType<typeof handshake>, method = 'GET') =>
  fetch(url + path, { method, headers: headers as Record<string, string> });

describe('a Socket.IO client', () => {
  test.each([
    ['begins with polling and upgrades, by default', {}, 'websocket'],
    ['may stay with polling', { transports: ['polling'] }, 'polling'],
    ['may begin with a WebSocket', { transports: ['websocket'] }, 'websocket'],
  ])('%s', async (_what, options, transport) => {
    const surface = await start();
    surface.engine.begin('rooms:rq-1');
    const socket = await connected(surface, options);
    await expect.poll(() => socket.io.engine.transport.name).toBe(transport);
    socket.emit('rejoin', { requestId: 'rq-1' });
    expect(await heard(socket, 'state')).toMatchObject({ requestId: 'rq-1', status: 'pending' });
  });

  test('keeps getting what is told while it upgrades, once and in order', async () => {
    const surface = await start();
    const run = surface.engine.begin('rooms:rq-1');
    const socket = client(surface);
    const numbers: unknown[] = [];
    socket.on('question', ({ seq }: { seq: number }) => numbers.push(seq));
    await heard(socket, 'connect');
    await socket.emitWithAck('rejoin', {});
    for (let n = 1; n <= 200; n++) {
      run.append('question.asked', { data: { question: question(`q${n}`) } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => numbers.length).toBe(200);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(socket.io.engine.transport.name).toBe('websocket');
  });

  test('is told to ping each 25 s, within 20 s, and to send 64 KiB at most', async () => {
    const text = await (await get(await start(), handshake())).text();
    expect(JSON.parse(text.slice(1))).toMatchObject({
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 64 * 1024,
      upgrades: ['websocket'],
    });
  });

  test('lets go of the log when it leaves, whatever room it was in', async () => {
    const surface = await start();
    const run = surface.engine.begin('rooms:rq-1');
    const [one, other] = [await connected(surface), await connected(surface)];
    await Promise.all([one, other].map((socket) => socket.emitWithAck('rejoin', {})));
    expect(run.openFeeds).toBe(2);
    one.disconnect();
    await expect.poll(() => run.openFeeds).toBe(1);
    other.disconnect();
    await expect.poll(() => run.openFeeds).toBe(0);
  });

  test('that sends more than 64 KiB at once is cut off, over either transport', async () => {
    const surface = await start();
    for (const transports of [['websocket'], ['polling']]) {
      const socket = await connected(surface, { transports, reconnection: false });
      socket.emit('start', { userQuery: 'x'.repeat(70_000) });
      await heard(socket, 'disconnect');
    }
  });

  test('that does not read is cut off before it costs a megabyte and more', async () => {
    const surface = await start();
    const run = surface.engine.begin('rooms:rq-1');
    const socket = await connected(surface, { transports: ['websocket'], reconnection: false });
    await socket.emitWithAck('rejoin', {});
    const { ws } = socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } };
    ws._socket.pause();
    const sockets = async () => (await surface.metrics.dialectSockets.get()).values[0]?.value;
    expect(await sockets()).toBe(1);
    for (let n = 1; n <= 500 && run.openFeeds > 0; n++) {
      run.append('question.asked', { data: { question: question(`q${n}`, 'x'.repeat(28_000)) } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(sockets).toBe(0);
    expect(run.openFeeds).toBe(0);
  });

  test('is not ordered away when the gateway stops: it comes back by itself, and rejoin restores', async () => {
    const surface = await start();
    surface.engine.begin('rooms:rq-1');
    const socket = await connected(surface);
    const reason = heard(socket, 'disconnect');
    await surface.surface.stop();
    expect(await reason).toMatch(/^transport /);
    const again = heard(socket, 'connect');
    const next = await start({ BATON_PORT: String(surface.port) });
    next.engine.begin('rooms:rq-1');
    await again;
    socket.emit('rejoin', { requestId: 'rq-1' });
    expect(await heard(socket, 'state')).toMatchObject({ status: 'pending' });
  });
});

describe('origins', () => {
  test('that are own, loopback or listed may talk to it, without credentials; others may not', async () => {
    const surface = await start({ CORS_ORIGINS: 'https://app.example' });
    for (const origin of [surface.url, 'http://localhost:3000', 'https://app.example']) {
      const response = await get(surface, handshake(origin));
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    }
    const foreign = await get(surface, handshake('https://evil.example'));
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const bare = await get(surface, handshake());
    expect(bare.status).toBe(200);
  });

  test('are asked for before a command, too', async () => {
    const surface = await start();
    const preflight = await get(surface, handshake('http://localhost:3000'), 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  });

  test.each([
    ['a token is required', { AUTH_TOKEN: 'secret' }, 200],
    ['nobody needs a token', {}, 403],
  ])('are all allowed by * where %s', async (_what, settings, status) => {
    const surface = await start({ CORS_ORIGINS: '*', ...settings });
    expect((await get(surface, handshake('https://anywhere.example'))).status).toBe(status);
  });
});

describe('with authentication', () => {
  const secret = 'a-secret-of-at-least-thirty-two-bytes';
  const settings = { AUTH_TOKEN: 'ann:client:anns-token', AUTH_JWT_SECRET: secret };
  const jwt = (seconds: number) =>
    new SignJWT({ sub: 'ann', roles: ['client'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
      .sign(new TextEncoder().encode(secret));

  test.each<[string, Options]>([
    ['the Bearer header', { extraHeaders: { authorization: 'Bearer anns-token' } }],
    ['?token=', { query: { requestId: 'rq-1', token: 'anns-token' } }],
    ['auth.token', { auth: { token: 'anns-token' } }],
  ])('%s lets a client in', async (_how, options) => {
    const surface = await start(settings);
    surface.engine.begin('rooms:rq-1', 'ann');
    const socket = await connected(surface, options);
    socket.emit('rejoin', {});
    expect(await heard(socket, 'state')).toMatchObject({ status: 'pending' });
  });

  test.each<[string, Options]>([
    ['no token', {}],
    ['a wrong one', { auth: { token: 'guessed' } }],
    ['one that is no text', { auth: { token: { a: 1 } } }],
  ])('%s is a connect_error with its code', async (_what, options) => {
    expect(await refused(await start(settings), options)).toMatchObject({ data: { code: 'unauthenticated' } });
  });

  test('wrong tokens from one address are told to try later after a while', async () => {
    const surface = await start(settings);
    const codes: unknown[] = [];
    for (let n = 0; n < 62; n++) codes.push((await refused(surface, { transports: ['websocket'] })).data?.code);
    expect(codes.at(0)).toBe('unauthenticated');
    expect(codes.at(-1)).toBe('rate_limited');
  });

  test("somebody else's request is as if it were not there", async () => {
    const surface = await start(settings);
    surface.engine.begin('rooms:rq-1', 'bob');
    const socket = await connected(surface, { auth: { token: 'anns-token' } });
    socket.emit('rejoin', {});
    expect(await heard(socket, 'state')).toMatchObject({ status: 'unknown' });
    expect(await socket.emitWithAck('cancel', {})).toMatchObject({ error: { code: 'request_not_found' } });
  });

  test('a token that expires ends its socket', async () => {
    const surface = await start(settings);
    const socket = await connected(surface, { auth: { token: await jwt(2) } });
    expect(await heard(socket, 'disconnect')).toBe('io server disconnect');
  });

  test('a plain socket without a token is 401', async () => {
    const { url } = await start(settings);
    for (const path of ['/', '/ws/requests']) {
      const response = await upgrade(url, path);
      expect(response).toMatch(/^HTTP\/1\.1 401 /);
      expect(response).toContain('"code":"unauthenticated"');
    }
  });

  test('more commands than a principal may send are rate_limited', async () => {
    const surface = await start({ ...settings, BATON_RATE_LIMIT: '3' });
    const socket = await connected(surface, { auth: { token: 'anns-token' }, transports: ['websocket'] });
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => socket.emitWithAck('rejoin', {}) as Promise<unknown>),
    );
    expect(replies).toContainEqual({ ok: false, error: { code: 'rate_limited', message: expect.any(String) } });
  });
});

describe('nonsense', () => {
  test.each([
    ['a CONNECT with null', '40null'],
    ['an event that is no list', '40\x1e42{}'],
    ['an event of the name error', '40\x1e42["error","x"]'],
    ['an event of a reserved name', '40\x1e42["disconnect"]'],
    ['attachments that never come', '40\x1e451-["start",{"_placeholder":true,"num":0}]'],
    ['another namespace', '40/admin,'],
    ['an event before CONNECT', '42["rejoin"]'],
    ['no packet at all', '\u0000'],
  ])('(%s) harms nobody', async (_what, body) => {
    const surface = await start();
    const open = await (await get(surface, handshake())).text();
    const { sid } = JSON.parse(open.slice(1)) as { sid: string };
    const path = `${handshake().path}&sid=${sid}`;
    await fetch(surface.url + path, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
    const socket = await connected(surface);
    expect(await socket.emitWithAck('rejoin', {})).toEqual({ ok: true });
  });

  test('in the framing breaks the connection: two lengths, none, one too long', async () => {
    const surface = await start();
    const open = await (await get(surface, handshake())).text();
    const { sid } = JSON.parse(open.slice(1)) as { sid: string };
    const head = `POST ${handshake().path}&sid=${sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
    expect(await raw(surface.port, `${head}Content-Length: 40\r\nContent-Length: 2\r\n\r\n40${'x'.repeat(38)}`)).toBe(
      '',
    );
    expect(await raw(surface.port, `${head}Content-Length: 99999999\r\nConnection: close\r\n\r\n40`)).toMatch(
      / (400|413) /,
    );
    const socket = await connected(surface);
    expect(await socket.emitWithAck('rejoin', {})).toEqual({ ok: true });
  });

  test('of too many levels is refused', async () => {
    const socket = await connected(await start());
    const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`) as object;
    expect(await socket.emitWithAck('rejoin', deep)).toMatchObject({ error: { code: 'invalid_request' } });
  });
});

function question(id: string, message = 'Which unit?'): object {
  return { id, kind: 'rooms.question', message, askedAt: new Date().toISOString(), answerSchema: {} };
}

/** The answer to an upgrade that is refused. */
function upgrade(url: string, path: string): Promise<string> {
  const { host, port } = new URL(url);
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
  return raw(Number(port), head + key);
}

/** What comes back until a second passes without more, or the connection ends. */
function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(text));
  });
}
