/** Bad input, seeded: each gets a clear error, nothing crashes, nothing leaks, no run is started by mistake. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorTable, isErrorCode } from '../protocol/errors.ts';
import { startTestSurface, type TestSurface } from '../gateway/test-surface.ts';
import { rounds } from './harness/test-size.ts';
import { errorOf, TestSocket, type Frame } from './harness/test-socket.ts';

const AUTH_TOKEN = 'ann:client:token-ann,olga:ops:token-olga';
const seed = Date.now() & 0x7fffffff;
const cases = rounds(150, 2_500);
const check = { seed, numRuns: cases };

let surface: TestSurface;
beforeAll(async () => {
  console.info(`fuzz seed ${seed}`);
  surface = await startTestSurface({ AUTH_TOKEN, BATON_RATE_LIMIT: '0', BATON_MAX_BODY_BYTES: '50000' });
  surface.engine.begin('r', 'ann').append('agent.emitted');
});
afterAll(() => surface.surface.stop());

async function expectProblem(response: Response): Promise<void> {
  const body = (await response.json()) as Frame;
  expect(isErrorCode(body['code']), JSON.stringify(body)).toBe(true);
  expect(body['code']).not.toBe('internal');
  expect(response.status).toBe(errorTable[body['code'] as keyof typeof errorTable].status);
  expect(String(body['detail']).length).toBeGreaterThan(3);
}

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

function request(path: string, init: Init = {}, token = 'token-ann'): Promise<Response> {
  return fetch(surface.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
}

const posts = [
  '/v1/runs',
  '/v1/runs/r/cancel',
  '/v1/runs/r/messages',
  '/v1/runs/r/questions/q/answer',
  '/v1/runs/r/begin',
];

test('bodies', async () => {
  const before = surface.engine.commands.length;
  const wrong = fc.oneof(
    fc.json({ maxDepth: 5 }).map((text) => text.slice(0, -1)),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => `{${Buffer.from(bytes).toString('latin1')}\0`),
    fc
      .oneof(fc.array(fc.jsonValue()), fc.string(), fc.integer(), fc.constant(null))
      .map((value) => JSON.stringify(value)),
    fc
      .dictionary(
        fc.string({ minLength: 1 }).map((key) => `x${key}`),
        fc.jsonValue(),
        { minKeys: 1 },
      )
      .map((value) => JSON.stringify(value)),
    fc.integer({ min: 201, max: 5_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
    fc.integer({ min: 50_001, max: 90_000 }).map((length) => `"${'x'.repeat(length)}"`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...posts),
      wrong,
      fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-8'),
      async (path, body, type) => {
        if (body === '') return;
        await expectProblem(await request(path, { method: 'POST', body, headers: { 'content-type': type } }));
      },
    ),
    check,
  );
  expect(surface.engine.commands.length).toBe(before);
  expect(surface.engine.known.size).toBe(1);
}, 600_000);

test('ids, cursors and addresses', async () => {
  const part = fc
    .oneof(fc.string({ minLength: 1, maxLength: 300 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }))
    .map((text) => encodeURIComponent(text.toWellFormed()));
  const cursor = fc
    .oneof(
      fc.string({ minLength: 1 }),
      fc.double().map(String),
      fc.integer({ max: -1 }).map(String),
      fc.constant('00x1'),
    )
    .filter((text) => !/^[0-9]{1,16}$/.test(text));
  const address = fc.oneof(
    part.map((id) => `/v1/runs/z${id}`),
    part.map((id) => `/v1/runs/z${id}/events`),
    fc.stringMatching(/^%[0-9a-fA-F]{0,1}[g-z%]$/).map((id) => `/v1/runs/${id}`),
    cursor.map((after) => `/v1/runs/r/events?after=${encodeURIComponent(after.toWellFormed())}`),
    cursor.map((limit) => `/v1/runs/r/events?limit=${encodeURIComponent(limit.toWellFormed())}`),
    fc
      .string({ minLength: 1 })
      .filter((text) => text.toWellFormed() === text)
      .map((status) => `/v1/runs?status=_${encodeURIComponent(status)}`),
    fc
      .stringMatching(/^[a-z0-9/._~-]{1,40}$/)
      .map((path) => `/v0/${path}`)
      // Dots may lead out of it, to the console.
      .filter((path) => new URL(path, surface.url).pathname.startsWith('/v0/')),
  );
  await fc.assert(
    fc.asyncProperty(address, async (path) => {
      await expectProblem(await request(path, {}, 'token-olga'));
    }),
    check,
  );
}, 600_000);

test('Last-Event-ID and Range', async () => {
  const header = fc.stringMatching(/^[!-~]{1,40}$/).filter((text) => !/^[0-9]{1,16}$/.test(text));
  surface.engine.blobs.set('r/b', { bytes: new Uint8Array(100), type: 'text/plain' });
  await fc.assert(
    fc.asyncProperty(header, async (value) => {
      await expectProblem(await request('/v1/runs/r/stream', { headers: { 'last-event-id': value } }));
      const blob = await request('/v1/runs/r/blobs/b', { headers: { range: value } });
      expect([200, 206, 416]).toContain(blob.status);
      await blob.arrayBuffer();
    }),
    check,
  );
}, 600_000);

test('tokens', async () => {
  const token = fc.oneof(
    fc.stringMatching(/^[!-~]{1,200}$/),
    fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
    fc.constantFrom('token-an', 'token-ann0', 'ann:client:token-ann', 'null', 'undefined'),
  );
  await fc.assert(
    fc.asyncProperty(token, async (guess) => {
      const response = await fetch(`${surface.url}/v1/runs/r?token=${encodeURIComponent(guess)}`);
      expect([401, 429]).toContain(response.status);
      await expectProblem(response);
    }),
    check,
  );
}, 600_000);

test('frames', async () => {
  const before = surface.engine.commands.length;
  const socket = await TestSocket.open(`${surface.wsUrl}?token=token-ann`);
  const noise = fc.oneof(
    fc.string(),
    fc.json().map((text) => text.slice(1)),
    fc
      .jsonValue()
      .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value))
      .map((value) => JSON.stringify(value)),
    fc
      .record({
        id: fc.oneof(fc.integer(), fc.jsonValue()),
        op: fc.oneof(fc.string(), fc.constantFrom('subscribe', 'start', 'cancel', 'events', 'watch')),
        zzz: fc.jsonValue(),
      })
      .map((value) => JSON.stringify(value)),
    fc.integer({ min: 201, max: 20_000 }).map((depth) => '{"a":'.repeat(depth)),
  );
  await fc.assert(
    fc.asyncProperty(noise, async (text) => {
      const count = socket.frames.length;
      socket.send(text);
      await expect.poll(() => socket.frames.length, { interval: 1 }).toBe(count + 1);
      const frame = socket.frames[count] ?? {};
      expect(frame['ok']).toBe(false);
      expect(isErrorCode(errorOf(frame)['code']), JSON.stringify(frame)).toBe(true);
      expect(errorOf(frame)['code']).not.toBe('internal');
    }),
    check,
  );
  expect(await socket.request('ping')).toMatchObject({ ok: true });
  expect(surface.engine.commands.length).toBe(before);
  socket.close();
}, 600_000);

test('nothing is left open', async () => {
  await expect.poll(() => surface.engine.find('r').openFeeds).toBe(0);
  expect(surface.engine.find('r').listeners.size).toBe(0);
  const gauges = [
    surface.metrics.sockets,
    surface.metrics.streams,
    surface.metrics.subscriptions,
    surface.metrics.backpressured,
  ];
  for (const gauge of gauges) await expect.poll(async () => (await gauge.get()).values[0]?.value).toBe(0);
});
