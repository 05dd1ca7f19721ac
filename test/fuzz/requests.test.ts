/** HTTP requests of every hostile kind, at the real gateway. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routeTable } from '../../gateway/http/route-table.ts';
import { rounds } from '../harness/test-size.ts';
import { expectClearProblem } from './clear-error.ts';
import { expectCleanLog, heapBytes, startFuzzGateway, tokens, type FuzzGateway } from './fuzz-gateway.ts';
import { hostileHeader, hostileJson, hostileSegment, hostileString, hostileValue, mutated } from './hostile-values.ts';
import { newSeed } from './seed.ts';
import { closeConnections, send, type Received, type Sent } from './send.ts';
import { busyMs } from '../harness/busy.ts';

const seed = newSeed('requests');
const check = { seed, numRuns: rounds(200, 5_000) };

let gateway: FuzzGateway;
let mine: string;
let others: string;
/** Executions that the gateway says it began. */
let started = 0;
beforeAll(async () => {
  gateway = await startFuzzGateway();
  const asks = [{ script: [{ do: 'ask' }, { do: 'hold' }] }];
  mine = await gateway.as('ann').script(asks);
  others = await gateway.as('bob').script(asks);
  for (const [person, run] of [
    ['ann', mine],
    ['bob', others],
  ] as const)
    await gateway.as(person).eventsUntil(run, ({ type }) => type === 'question.asked');
  started = 2;
});
afterAll(async () => {
  closeConnections();
  await gateway.stop();
});

async function sendAndCheck(sent: Sent): Promise<Received> {
  const received = await send(gateway.url, sent);
  const { pathname } = new URL(sent.path, gateway.url);
  const isAct = sent.method === 'POST' && received.status < 300;
  // The run goes on, or one of Baton's own verifies it.
  const begins = isAct && /\/(messages|retry|resume|reset|verify)$/.test(pathname);
  if (received.status === 201 || begins) started++;
  // 431 is told before there is a request that anybody could answer.
  if (received.status >= 400 && received.status !== 431 && sent.method !== 'HEAD') expectClearProblem(received);
  if (received.status >= 500) expect(received.status).toBe(503);
  return received;
}

const as = (person: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[person]}` });
const json = { 'content-type': 'application/json' };

/** Each address of the table, its parts filled with what exists and with what cannot. */
const address = fc
  .tuple(
    fc.constantFrom(...routeTable.map(({ path }) => path), '/', '/v1', '/v2/runs', '/v1/runs/', '/.git/config'),
    fc.array(hostileSegment, { minLength: 3, maxLength: 3 }),
    fc.constantFrom('mine', 'others', 'neither'),
  )
  .map(([path, segments, whose]) => {
    const known = () => (whose === 'mine' ? mine : others);
    return {
      path,
      fill: () =>
        path.replaceAll(/\{(\w+)\}/g, (_, name) =>
          name === 'run' && whose !== 'neither' ? known() : (segments.shift() ?? ''),
        ),
    };
  });
const parameter = fc.tuple(
  fc.constantFrom(
    'after',
    'limit',
    'waitMs',
    'cursor',
    'status',
    'blueprint',
    'owner',
    'kind',
    'run',
    'q',
    '__proto__',
    'toString',
  ),
  fc.oneof(
    hostileSegment,
    fc.constantFrom('0', '1', '7', '-1', '1.5', '1e3', '99999999999999999999', '00', '%31', '+1', ''),
  ),
);
const search = fc
  .array(parameter, { maxLength: 4 })
  .map((entries) => entries.filter(([name, value]) => name !== 'waitMs' || !/^\d{3,}$/.test(value)))
  .map((entries) => (entries.length === 0 ? '' : `?${entries.map((entry) => entry.join('=')).join('&')}`));
const method = fc.constantFrom(
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'SEARCH',
);
const body = fc.option(
  fc.oneof(hostileJson, fc.uint8Array({ maxLength: 300 }), fc.constant('"'.padEnd(100_002, 'x'))),
  { nil: undefined },
);
const contentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ),
  hostileHeader,
);

test('any method, address, query, type and body', async () => {
  const request = fc.record({
    method,
    address,
    search,
    body,
    contentType,
    person: fc.constantFrom('ann' as const, 'olga' as const, 'hugo' as const),
  });
  await fc.assert(
    fc.asyncProperty(
      request,
      async ({ method: verb, address: { fill }, search: query, body: bytes, contentType: type, person }) => {
        const path = fill() + query;
        if (/[^!-~]/.test(path)) return;
        await sendAndCheck({
          method: verb,
          path,
          headers: {
            ...as(person),
            'content-type': type.trim(),
            ...(bytes === undefined ? {} : { 'content-length': String(Buffer.byteLength(bytes)) }),
          },
          ...(bytes === undefined ? {} : { body: bytes }),
        });
      },
    ),
    check,
  );
}, 900_000);

test('commands that were right before something in them was changed', async () => {
  const commands = () => [
    {
      path: '/v1/runs',
      body: { blueprint: 'script', input: { steps: [{ script: [{ do: 'progress', fraction: 1, message: 'x' }] }] } },
    },
    { path: `/v1/runs/${mine}/cancel`, body: { reason: 'why', mode: 'graceful' } },
    { path: `/v1/runs/${mine}/questions/q-5/answer`, body: { answer: { yes: true } } },
    { path: `/v1/runs/${mine}/messages`, body: { input: { steps: [{ script: [] }] } } },
    {
      path: `/v1/runs/${others}/reset`,
      body: { step: 'scripted#1', edits: { context: { a: 1 }, input: { steps: [] } } },
    },
    { path: `/v1/runs/${others}/fork`, body: { step: 'scripted#1', id: 'forked' } },
  ];
  const cases = commands().map(({ path, body: right }) => fc.tuple(fc.constant(path), mutated(JSON.stringify(right))));
  const wrongTypes = fc
    .tuple(fc.constantFrom(...commands()), fc.nat(), hostileValue)
    .map(([{ path, body: right }, at, value]) => {
      const keys = Object.keys(right);
      return [path, JSON.stringify({ ...right, [keys[at % keys.length] ?? '']: value })] as [string, string];
    });
  await fc.assert(
    fc.asyncProperty(fc.oneof(...cases, wrongTypes), async ([path, text]) => {
      await sendAndCheck({ method: 'POST', path, headers: { ...as('ann'), ...json }, body: text });
    }),
    check,
  );
}, 900_000);

test('headers: Last-Event-ID, Range, Idempotency-Key, Origin, Authorization', async () => {
  const header = fc.tuple(
    fc.constantFrom(
      'last-event-id',
      'range',
      'if-range',
      'idempotency-key',
      'origin',
      'authorization',
      'traceparent',
      'cookie',
      'x-forwarded-for',
      'expect-ct',
    ),
    fc.oneof(
      hostileHeader,
      fc.constantFrom(
        'bytes=0-',
        'bytes=-0',
        'bytes=5-1',
        'bytes=99999999999999999999-',
        'bytes=0-1,3-4',
        'null',
        'http://evil.test',
        'http://127.0.0.1.evil.test',
        'http://localhost@evil.test',
        'Bearer',
        'Bearer ',
        `Basic ${tokens.ann}`,
        `Bearer ${tokens.ann}x`,
        `bearer  ${tokens.ann} `,
      ),
      fc.integer({ min: 1, max: 12_000 }).map((length) => 'h'.repeat(length)),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(header, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('/stream', '/events', '/blobs/event-1', ''),
      async (headers, place) => {
        const received = await sendAndCheck({
          method: 'GET',
          path: `/v1/runs/${mine}${place}`,
          headers: { ...as('ann'), ...Object.fromEntries(headers) },
        });
        const allowed = received.headers['access-control-allow-origin'];
        if (allowed !== undefined) expect(String(allowed)).not.toContain('evil.test');
      },
    ),
    check,
  );
  const start = JSON.stringify({ blueprint: 'nothing-like-it', input: {} });
  await fc.assert(
    fc.asyncProperty(hostileHeader, async (key) => {
      const received = await sendAndCheck({
        method: 'POST',
        path: '/v1/runs',
        headers: { ...as('ann'), ...json, 'idempotency-key': key },
        body: start,
      });
      expect([404, 422]).toContain(received.status);
    }),
    { ...check, numRuns: rounds(20, 500) },
  );
}, 900_000);

test('lists and searches, for whatever is asked', async () => {
  const asked = fc.tuple(
    fc.constantFrom(
      '/v1/runs?owner=',
      '/v1/runs?blueprint=',
      '/v1/runs?status=',
      '/v1/runs?cursor=',
      '/v1/questions?run=',
      '/v1/questions?kind=',
      '/v1/questions?cursor=',
      '/v1/knowledge/search?q=',
      '/v1/runs?limit=',
    ),
    fc.oneof(hostileString, fc.base64String(), fc.string({ maxLength: 30 })),
    fc.constantFrom('ann' as const, 'hugo' as const, 'olga' as const),
  );
  await fc.assert(
    fc.asyncProperty(asked, async ([path, value, person]) => {
      const began = performance.now();
      const { status } = await sendAndCheck({
        method: 'GET',
        path: path + encodeURIComponent(value.toWellFormed()),
        headers: as(person),
      });
      expect([200, 404, 422]).toContain(status);
      expect(performance.now() - began).toBeLessThan(busyMs);
    }),
    check,
  );
}, 900_000);

test('and afterwards nothing was started by mistake, is held open, was logged that is secret, or stays in memory', async () => {
  await expect.poll(() => gateway.countExecutions()).toBe(started);
  await gateway.expectNothingHeld();
  const before = heapBytes();
  for (let round = 0; round < rounds(100, 1_000); round++)
    await sendAndCheck({
      method: 'POST',
      path: '/v1/runs',
      headers: { ...as('ann'), ...json },
      body: '['.repeat(50_000),
    });
  expect(heapBytes() - before).toBeLessThan(32 * 1024 * 1024);
  expect(gateway.logged().length).toBeGreaterThan(1_000);
  expectCleanLog(gateway.logged(), Object.values(tokens));
  expect((await gateway.as('olga').get('/readyz')).status).toBe(200);
}, 120_000);
