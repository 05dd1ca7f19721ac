import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestSurface, type TestSurface } from '../test-surface.ts';

let surface: TestSurface;
beforeEach(async () => {
  surface = await startTestSurface({ BATON_MAX_BODY_BYTES: '100000' });
});
afterEach(() => surface.surface.stop());

const get = (path: string, init: RequestInit = {}) => fetch(surface.url + path, init);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  get(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const problem = async (response: Response) => (await response.json()) as Record<string, unknown>;

/** A connection on which a test writes bytes by hand. */
function raw(text: string): { socket: Socket; received: () => string } {
  const socket = connect(surface.port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('error', () => socket.destroy());
  socket.write(text);
  return { socket, received: () => received };
}

describe('starting a run', () => {
  it('answers 201 with the run and where it is, and 200 when it had begun before', async () => {
    const first = await post('/v1/runs', { blueprint: 'echo', input: {}, id: 'a:b' }, { 'idempotency-key': 'k1' });
    expect([first.status, first.headers.get('location')]).toEqual([201, '/v1/runs/a%3Ab']);
    expect(await first.json()).toMatchObject({ id: 'a:b', status: 'running' });
    expect((await post('/v1/runs', { blueprint: 'echo', input: {}, id: 'a:b' })).status).toBe(200);
    expect(surface.engine.commands[0]).toEqual(['start', 'a:b', {}, 'anonymous', 'k1']);
  });

  it.each([
    ['no blueprint', { input: 1 }, 422, 'invalid_request', 'blueprint'],
    ['no input', { blueprint: 'echo' }, 422, 'invalid_request', 'input'],
    ['a key that is not known', { blueprint: 'echo', input: 1, extra: 1 }, 422, 'invalid_request', 'extra'],
    ['a bad id', { blueprint: 'echo', input: 1, id: '../x' }, 422, 'invalid_request', 'id'],
    ['a blueprint that there is not', { blueprint: 'nix', input: 1 }, 404, 'blueprint_not_found', undefined],
    ['half a body', '{"blueprint":', 400, 'invalid_json', undefined],
    ['another kind of value', '"x"', 422, 'invalid_request', ''],
    ['a body that is nested without end', '['.repeat(5_000), 400, 'invalid_json', undefined],
  ])('refuses %s', async (_what, body, status, code, field) => {
    const response = await post('/v1/runs', body);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await problem(response)).toMatchObject({ status, code, ...(field === undefined ? {} : { field }) });
    expect(surface.engine.known.size).toBe(0);
  });

  it('refuses what is not declared to be JSON', async () => {
    const response = await post('/v1/runs', '{"blueprint":"echo","input":1}', { 'content-type': 'text/plain' });
    expect(await problem(response)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('refuses a key that is too long', async () => {
    const response = await post('/v1/runs', { blueprint: 'echo', input: 1 }, { 'idempotency-key': 'k'.repeat(201) });
    expect(await problem(response)).toMatchObject({ status: 422, field: 'Idempotency-Key' });
  });
});

describe('a body over the limit', () => {
  const head = 'POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

  it('is refused as soon as its length is announced, and the connection closed', async () => {
    const { socket, received } = raw(`${head}Content-Length: 200000\r\n\r\n{`);
    await expect.poll(received).toMatch(/^HTTP\/1\.1 413 [^]*\r\n0\r\n\r\n$/);
    expect(received()).toContain('body_too_large');
    expect(received().toLowerCase()).toContain('connection: close');
    await once(socket, 'close');
  }, 30_000);

  it('is refused while it comes in chunks of unknown number', async () => {
    const { socket, received } = raw(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const sending = setInterval(() => socket.write(chunk), 10);
    // Not `once`: it would fail with the reset that whoever sends on after the refusal may meet.
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(sending);
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  }, 30_000);

  it('reaches a client that sends all before it reads', async () => {
    const response = await post('/v1/runs', { blueprint: 'echo', input: 'x'.repeat(5_000_000) });
    expect(await problem(response)).toMatchObject({ status: 413, code: 'body_too_large', limitBytes: 100_000 });
  });
});

describe('a connection that dribbles', () => {
  it('its head or its body, or sends nothing, is closed within some seconds, while others are served', async () => {
    const dribbling = [
      { first: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n', more: 'X-A: b\r\n' },
      {
        first:
          'POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n',
        more: ' ',
      },
      { first: '', more: '' },
    ].map(({ first, more }) => {
      const { socket } = raw(first);
      const timer = setInterval(() => socket.write(more), 250);
      return once(socket, 'close').finally(() => clearInterval(timer));
    });
    expect((await get('/healthz')).status).toBe(200);
    await Promise.all(dribbling);
  }, 30_000);
});

describe('an address', () => {
  it('that there is not is 404, with another method 405 and the ones it takes', async () => {
    expect(await problem(await get('/v1/nix'))).toMatchObject({ status: 404, code: 'not_found' });
    const wrong = await get('/v1/runs', { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, GET, DELETE, HEAD, OPTIONS']);
  });

  it('takes HEAD where it takes GET, with the length and no body', async () => {
    const response = await get('/v1/blueprints', { method: 'HEAD' });
    const whole = await (await get('/v1/blueprints')).text();
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(whole.length),
      '',
    ]);
  });

  it('takes percent-encoded ids, and refuses what is not encoded rightly', async () => {
    surface.engine.begin('ki:über/1');
    expect(await (await get(`/v1/runs/${encodeURIComponent('ki:über/1')}`)).json()).toMatchObject({ id: 'ki:über/1' });
    expect(await problem(await get('/v1/runs/%ff'))).toMatchObject({ code: 'invalid_request', field: 'run' });
    expect(await problem(await get('/v1/runs/nowhere'))).toMatchObject({ status: 404, code: 'run_not_found' });
  });

  it('tells browsers of allowed pages what they may do, and refuses foreign ones', async () => {
    const preflight = await get('/v1/runs', {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    const foreign = await get('/v1/runs', { headers: { origin: 'https://evil.test' } });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  it('is not reached by a name that was made to point to loopback', async () => {
    const { socket, received } = raw('GET /v1/runs HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
    await expect.poll(received).toContain('origin_forbidden');
    socket.destroy();
  });
});

describe('reading events', () => {
  it('gives pages with a cursor, and refuses cursors that are none or lie beyond the log', async () => {
    const run = surface.engine.begin('r');
    for (let count = 0; count < 4; count++) run.append('agent.emitted');
    expect(await (await get('/v1/runs/r/events?limit=2')).json()).toMatchObject({
      events: [{ seq: 1 }, { seq: 2 }],
      next: 2,
      ended: false,
    });
    expect(await (await get('/v1/runs/r/events?after=5')).json()).toEqual({ events: [], next: 5, ended: false });
    for (const after of ['x', '-1', '1.5', '', '1e1', '99999999999999999999'])
      expect(await problem(await get(`/v1/runs/r/events?after=${after}`)), after).toMatchObject({
        status: 422,
        code: 'invalid_cursor',
        field: 'after',
      });
    expect(await problem(await get('/v1/runs/r/events?after=6'))).toMatchObject({
      status: 409,
      code: 'cursor_ahead',
      lastSeq: 5,
    });
    for (const query of ['limit=0', 'limit=5001', 'waitMs=30001'])
      expect(await problem(await get(`/v1/runs/r/events?${query}`))).toMatchObject({
        status: 422,
        code: 'invalid_request',
      });
    expect(run.openFeeds).toBe(0);
  });

  it('tells what is past retention beside the events', async () => {
    const run = surface.engine.begin('r');
    for (let count = 0; count < 4; count++) run.append('agent.emitted');
    run.firstKept = 4;
    expect(await (await get('/v1/runs/r/events?after=1')).json()).toMatchObject({
      gap: { from: 2, to: 3 },
      events: [{ seq: 4 }, { seq: 5 }],
      next: 5,
    });
  });

  it('waits for the next event as long as it is told to, also after the end of a run, which may go on', async () => {
    const run = surface.engine.begin('r');
    const waiting = get('/v1/runs/r/events?after=1&waitMs=20000');
    await expect.poll(() => run.listeners.size).toBe(1);
    run.append('agent.emitted');
    expect(await (await waiting).json()).toMatchObject({ events: [{ seq: 2 }], next: 2 });
    expect(await (await get('/v1/runs/r/events?after=2&waitMs=50')).json()).toMatchObject({ events: [], next: 2 });
    run.append('run.completed');
    expect(await (await get('/v1/runs/r/events?after=3')).json()).toEqual({
      events: [],
      next: 3,
      ended: true,
    });
    const after = get('/v1/runs/r/events?after=3&waitMs=20000');
    await expect.poll(() => run.listeners.size).toBe(1);
    run.append('run.retried');
    expect(await (await after).json()).toMatchObject({ events: [{ seq: 4 }], ended: false });
  });

  it('lets go when a client that waits has gone', async () => {
    const run = surface.engine.begin('r');
    const leaving = new AbortController();
    const waiting = get('/v1/runs/r/events?after=1&waitMs=20000', { signal: leaving.signal });
    await expect.poll(() => run.listeners.size).toBe(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => run.openFeeds).toBe(0);
  });
});

describe('commands', () => {
  it('reach the engine with who gave them, and without a body where they need none', async () => {
    surface.engine.begin('r');
    expect((await get('/v1/runs/r/begin', { method: 'POST' })).status).toBe(202);
    expect((await post('/v1/runs/r/cancel', { reason: 'enough' })).status).toBe(202);
    expect((await post('/v1/runs/r/messages', { input: 1 })).status).toBe(200);
    expect((await get('/v1/runs/r/retry', { method: 'POST' })).status).toBe(200);
    expect((await post('/v1/runs/r/reset', { step: 'a#1' })).status).toBe(200);
    expect((await post('/v1/runs/r/fork', { id: 'r2' })).status).toBe(201);
    expect((await post('/v1/runs/r/questions/q%2F1/answer', { answer: 'yes' })).status).toBe(200);
    expect((await post('/v1/runs/r/questions/q/answer', { answer: 'later' })).status).toBe(202);
    expect(surface.engine.commands).toEqual([
      ['begin', 'r', null, 'anonymous'],
      ['cancel', 'r', { reason: 'enough' }, 'anonymous'],
      ['message', 'r', 1, 'anonymous'],
      ['retry', 'r', null, 'anonymous'],
      ['reset', 'r', { step: 'a#1' }, 'anonymous'],
      ['fork', 'r', { id: 'r2' }, 'anonymous'],
      ['answer', 'r', { question: 'q/1', answer: 'yes' }, 'anonymous'],
      ['answer', 'r', { question: 'q', answer: 'later' }, 'anonymous'],
    ]);
  });

  it('to a run that has ended are refused by its state', async () => {
    surface.engine.begin('r').append('run.completed');
    expect(await problem(await post('/v1/runs/r/cancel', {}))).toMatchObject({ status: 409, code: 'run_ended' });
  });

  it('without an answer are refused', async () => {
    surface.engine.begin('r');
    expect(await problem(await post('/v1/runs/r/questions/q/answer', {}))).toMatchObject({
      status: 422,
      field: 'answer',
    });
  });
});

describe('blobs', () => {
  it('are given whole or in ranges, and never as a page of the gateway', async () => {
    surface.engine.begin('r');
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251);
    surface.engine.blobs.set('r/page 1', { bytes, type: 'text/html' });
    const whole = await get('/v1/runs/r/blobs/page%201');
    expect([whole.status, whole.headers.get('content-disposition')]).toEqual([200, 'attachment']);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    for (const [range, from, to] of [
      ['bytes=0-9', 0, 10],
      ['bytes=999990-', 999_990, 1_000_000],
      ['bytes=-5', 999_995, 1_000_000],
    ] as const) {
      const part = await get('/v1/runs/r/blobs/page%201', { headers: { range } });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/1000000`]);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true);
    }
    const outside = await get('/v1/runs/r/blobs/page%201', { headers: { range: 'bytes=1000000-' } });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */1000000']);
    expect(await problem(await get('/v1/runs/r/blobs/nix'))).toMatchObject({ status: 404, code: 'blob_not_found' });
  });

  it('whose type is none are bytes', async () => {
    surface.engine.begin('r');
    surface.engine.blobs.set('r/b', { bytes: new Uint8Array(1), type: 'x\r\nset-cookie: a=b' });
    expect((await get('/v1/runs/r/blobs/b')).headers.get('content-type')).toBe('application/octet-stream');
  });
});

describe('a gateway', () => {
  it('says whether it lives, is ready, and what it counts', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    surface.engine.isReady = false;
    const down = await get('/readyz');
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '2']);
    const text = await (await get('/metrics')).text();
    expect(text).toContain('baton_http_request_seconds_count{method="get",route="/healthz",status="200"} 1');
  });

  it('searches what crawls have stored', async () => {
    expect(await (await get('/v1/knowledge/search?q=cats&limit=3')).json()).toMatchObject({
      items: [{ title: 'cats', text: 'all' }],
    });
    expect(await problem(await get('/v1/knowledge/search'))).toMatchObject({ status: 422, field: 'q' });
  });

  it('that stops answers who waits, finishes what it works on, and takes no more', async () => {
    const run = surface.engine.begin('r');
    const waiting = get('/v1/runs/r/events?after=1&waitMs=20000');
    await expect.poll(() => run.listeners.size).toBe(1);
    await surface.surface.stop();
    const answered = await waiting;
    expect([answered.status, await answered.json()]).toEqual([200, { events: [], next: 1, ended: false }]);
    await expect(get('/healthz')).rejects.toThrow();
  });

  it('does not share its port in silence', async () => {
    await expect(startTestSurface({ BATON_PORT: String(surface.port) })).rejects.toThrow(/busy.*BATON_PORT/);
  });
});
