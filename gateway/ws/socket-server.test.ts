import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsPageMax, nativeFrameBytes, socketBacklogBytes } from '../../protocol/limits.ts';
import { errorOf, TestSocket } from '../../test/harness/test-socket.ts';
import { startTestSurface, type TestSurface } from '../test-surface.ts';

let surface: TestSurface;
const sockets: TestSocket[] = [];

async function connect(options = {}, url = surface.wsUrl): Promise<TestSocket> {
  const socket = await TestSocket.open(url, options);
  sockets.push(socket);
  return socket;
}

beforeEach(async () => {
  surface = await startTestSurface();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await surface.surface.stop();
});

describe('a subscription', () => {
  it('is told reply, snapshot, the events after its cursor, live frames and the end, in this order', async () => {
    const run = surface.engine.begin('r');
    run.append('agent.started', { agent: 'a', step: 'a#1' });
    const socket = await connect();
    expect(await socket.request('subscribe', { run: 'r', after: 1 })).toMatchObject({ ok: true, run: 'r', lastSeq: 2 });
    await socket.until((frame) => frame['kind'] === 'event');
    run.live({ agent: 'a', step: 'a#1', attempt: 1, at: '', fraction: 0.5 });
    run.append('run.completed', { data: { result: 1 } });
    const end = await socket.until((frame) => frame['kind'] === 'end');
    expect(end).toEqual({ kind: 'end', run: 'r', lastSeq: 3 });
    expect(socket.kinds()).toEqual(['reply', 'snapshot', 'event', 'live', 'event', 'end']);
    expect(socket.seqs()).toEqual([2, 3]);
  });

  it('stays after the end and goes on when the run does, and tells the next end once', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect();
    await socket.request('subscribe', { run: 'r' });
    run.append('run.failed', { data: {} });
    await socket.until((frame) => frame['kind'] === 'end');
    run.append('run.retried');
    run.append('run.completed');
    await socket.until((frame) => frame['kind'] === 'end' && frame['lastSeq'] === 4);
    expect(socket.seqs()).toEqual([1, 2, 3, 4]);
    expect(socket.frames.filter((frame) => frame['kind'] === 'end')).toHaveLength(2);
  });

  it('of an ended run at its end is told the end at once', async () => {
    surface.engine.begin('r').append('run.completed');
    const socket = await connect();
    await socket.request('subscribe', { run: 'r', after: 2 });
    await socket.until((frame) => frame['kind'] === 'end');
    expect(socket.kinds()).toEqual(['reply', 'snapshot', 'end']);
  });

  it('with a cursor beyond the log is refused with where the log ends', async () => {
    surface.engine.begin('r');
    const socket = await connect();
    const reply = await socket.request('subscribe', { run: 'r', after: 9 });
    expect(errorOf(reply)).toMatchObject({ code: 'cursor_ahead', lastSeq: 1 });
    expect(surface.engine.find('r').openFeeds).toBe(0);
  });

  it('with a cursor a moment ahead of this gateway waits for its own tail to get there', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect();
    const replied = socket.request('subscribe', { run: 'r', after: 2 });
    await expect.poll(() => run.listeners.size).toBe(1);
    run.append('agent.emitted');
    expect(await replied).toMatchObject({ ok: true, lastSeq: 2 });
  });

  it('to a part that is past retention gets a gap and a fresh snapshot before the rest', async () => {
    const run = surface.engine.begin('r');
    for (let count = 0; count < 4; count++) run.append('agent.emitted');
    run.firstKept = 4;
    const socket = await connect();
    await socket.request('subscribe', { run: 'r', after: 1 });
    await socket.until((frame) => (frame['event'] as { seq?: number } | undefined)?.seq === 5);
    expect(socket.kinds()).toEqual(['reply', 'snapshot', 'gap', 'snapshot', 'event', 'event']);
    expect(socket.frames[2]).toEqual({ kind: 'gap', run: 'r', from: 2, to: 3 });
  });

  it('to a log that was disturbed from outside gets a gap and a fresh snapshot', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect();
    await socket.request('subscribe', { run: 'r' });
    run.disturb(1, 1);
    await socket.until((frame) => frame['kind'] === 'gap');
    await expect.poll(() => socket.kinds()).toEqual(['reply', 'snapshot', 'event', 'gap', 'snapshot']);
  });

  it('to an unknown run is refused', async () => {
    const socket = await connect();
    expect(errorOf(await socket.request('subscribe', { run: 'nowhere' }))).toMatchObject({ code: 'run_not_found' });
  });

  it('to many runs shares one socket, and each can be given up', async () => {
    const runs = Array.from({ length: 50 }, (_, index) => surface.engine.begin(`r${index}`));
    const socket = await connect();
    await Promise.all(runs.map((run) => socket.request('subscribe', { run: run.id })));
    await socket.request('unsubscribe', { run: 'r7' });
    for (const run of runs) run.append('run.completed');
    await expect.poll(() => socket.frames.filter((frame) => frame['kind'] === 'end').length).toBe(49);
    for (const run of runs) expect(socket.seqs(run.id)).toEqual(run.id === 'r7' ? [1] : [1, 2]);
    expect(surface.engine.find('r7').openFeeds).toBe(0);
  });

  it('given up before it is there never tells anything', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect();
    socket.send({ id: 1, op: 'subscribe', run: 'r' });
    socket.send({ id: 2, op: 'unsubscribe', run: 'r' });
    await socket.request('ping');
    run.append('agent.emitted');
    await socket.request('ping');
    await expect.poll(() => run.openFeeds).toBe(0);
    expect(socket.seqs().at(-1) ?? 1).toBe(1);
  });

  it('lets go of its feed when the socket closes', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect();
    await socket.request('subscribe', { run: 'r' });
    socket.close();
    await expect.poll(() => run.openFeeds).toBe(0);
    expect((await surface.metrics.subscriptions.get()).values[0]?.value).toBe(0);
  });
});

describe('a client that stops reading', () => {
  it('costs a bounded backlog, and gets every durable event when it reads again', async () => {
    const run = surface.engine.begin('r');
    const socket = await connect({ perMessageDeflate: false });
    await socket.request('subscribe', { run: 'r' });
    socket.ws.pause();
    const events = 20_000;
    for (let count = 0; count < events; count++) {
      run.append('agent.emitted', { data: { kind: 'page', text: 'x'.repeat(1_000) } });
      if (count % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const waiting = (await surface.metrics.backpressured.get()).values[0]?.value;
    const sent = (await surface.metrics.eventsSent.get()).values.reduce((sum, { value }) => sum + value, 0);
    expect(waiting).toBe(1);
    expect(sent).toBeLessThan(events);
    socket.ws.resume();
    await expect.poll(() => socket.seqs().length).toBe(events + 1);
    expect(socket.seqs()).toEqual(Array.from({ length: events + 1 }, (_, index) => index + 1));
    expect((await surface.metrics.backpressured.get()).values[0]?.value).toBe(0);
  });

  it('does not hold up others', async () => {
    const run = surface.engine.begin('r');
    const [slow, quick] = [await connect({ perMessageDeflate: false }), await connect()];
    for (const socket of [slow, quick]) await socket.request('subscribe', { run: 'r' });
    slow.ws.pause();
    const data = { kind: 'page', text: 'x'.repeat(socketBacklogBytes / 4) };
    for (let count = 0; count < 600; count++) {
      run.append('agent.emitted', { data });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => quick.seqs().length).toBe(601);
  });
});

describe('frames', () => {
  it('that are malformed get an error each, and the socket stays', async () => {
    const socket = await connect();
    for (const text of [
      '{',
      '[]',
      'null',
      '"x"',
      '{}',
      '{"op":"nix"}',
      '{"id":{},"op":"ping"}',
      `${'['.repeat(500)}${']'.repeat(500)}`,
    ])
      socket.send(text);
    socket.ws.send(Buffer.from([0xff, 0xfe]), { binary: true });
    await expect.poll(() => socket.frames.length).toBe(9);
    expect(socket.frames.every((frame) => frame['ok'] === false && frame['id'] === null)).toBe(true);
    expect(socket.frames.map((frame) => errorOf(frame)['code'])).toEqual([
      'invalid_json',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'unknown_op',
      'invalid_request',
      'invalid_json',
      'invalid_json',
    ]);
    expect(await socket.request('ping')).toMatchObject({ ok: true });
  });

  it('with a fault name the field and what would be right', async () => {
    const socket = await connect();
    expect(errorOf(await socket.request('subscribe', { run: 'r', after: -1 }))).toMatchObject({
      code: 'invalid_cursor',
      field: 'after',
    });
    expect(errorOf(await socket.request('cancel', { run: 'r', mode: 'slowly' }))).toMatchObject({
      code: 'invalid_request',
      field: 'mode',
    });
    expect(errorOf(await socket.request('ping', { extra: 1 }))).toMatchObject({ field: 'extra' });
  });

  it('over the limit close the socket with 1009, up to it they do not', async () => {
    const socket = await connect();
    const fitting = JSON.stringify({ id: 1, op: 'nix', pad: '' });
    socket.send(fitting.replace('""', `"${'x'.repeat(nativeFrameBytes - fitting.length)}"`));
    await socket.until((frame) => frame['id'] === 1);
    socket.send('x'.repeat(nativeFrameBytes + 1));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it('carry every command of the HTTP surface', async () => {
    const socket = await connect();
    const started = await socket.request('start', {
      blueprint: 'echo',
      input: { a: 1 },
      run: 'r',
      idempotencyKey: 'k',
    });
    expect(started).toMatchObject({ ok: true, created: true, run: { id: 'r', status: 'running' } });
    expect(await socket.request('start', { blueprint: 'echo', input: { a: 1 }, run: 'r' })).toMatchObject({
      created: false,
    });
    expect(await socket.request('begin', { run: 'r' })).toMatchObject({ ok: true });
    expect(await socket.request('answer', { run: 'r', question: 'q', answer: 1 })).toMatchObject({
      outcome: 'accepted',
    });
    expect(await socket.request('message', { run: 'r', input: 2 })).toMatchObject({ run: { id: 'r' } });
    expect(await socket.request('retry', { run: 'r' })).toMatchObject({ run: { id: 'r' } });
    expect(await socket.request('reset', { run: 'r', step: 'a#1' })).toMatchObject({ run: { id: 'r' } });
    expect(await socket.request('fork', { run: 'r', newRun: 'r2' })).toMatchObject({ run: { id: 'r' } });
    expect(await socket.request('state', { run: 'r' })).toMatchObject({ state: { source: 'workflow' } });
    expect(await socket.request('events', { run: 'r' })).toMatchObject({ events: [{ seq: 1 }], next: 1, ended: false });
    const tooMany = await socket.request('events', { run: 'r', limit: eventsPageMax + 1 });
    expect(errorOf(tooMany)).toMatchObject({ code: 'invalid_request', field: 'limit' });
    expect(await socket.request('events', { run: 'r', limit: eventsPageMax })).toMatchObject({ ok: true, next: 1 });
    expect(await socket.request('runs', { filter: { status: 'running' } })).toMatchObject({
      items: [],
      nextCursor: null,
    });
    expect(await socket.request('questions')).toMatchObject({ items: [] });
    expect(await socket.request('blueprints')).toMatchObject({ items: [{ name: 'echo' }] });
    expect(await socket.request('cancel', { run: 'r', reason: 'enough', mode: 'now' })).toMatchObject({ ok: true });
    expect(surface.engine.commands).toContainEqual(['start', 'r', { a: 1 }, 'anonymous', 'k']);
    expect(surface.engine.commands).toContainEqual(['cancel', 'r', { reason: 'enough', mode: 'now' }, 'anonymous']);
    expect(surface.engine.commands).toContainEqual(['fork', 'r', { id: 'r2' }, 'anonymous']);
  });
});

describe('a socket', () => {
  it('that watches is told what changes, until it stops watching', async () => {
    const socket = await connect();
    await socket.request('watch', { what: 'runs', filter: { status: 'running' } });
    const summary = { id: 'r', status: 'running' };
    surface.engine.watcher?.(summary as never);
    expect(await socket.until((frame) => frame['kind'] === 'changed')).toEqual({
      kind: 'changed',
      what: 'runs',
      run: summary,
    });
    await socket.request('unwatch', { what: 'runs' });
    expect(surface.engine.watcher).toBeNull();
  });

  it('is told when Temporal is down and up again, also one that comes while it is down', async () => {
    const early = await connect();
    surface.engine.connection?.(false);
    const late = await connect();
    for (const socket of [early, late]) await socket.until((frame) => frame['code'] === 'temporal_down');
    surface.engine.connection?.(true);
    for (const socket of [early, late]) await socket.until((frame) => frame['code'] === 'temporal_up');
  });

  it('compresses what is large, for clients that can take it', async () => {
    surface.engine.begin('r').append('agent.emitted', { data: { kind: 'page', text: 'x'.repeat(30_000) } });
    const [plain, squeezed] = [await connect({ perMessageDeflate: false }), await connect()];
    const received = async (socket: TestSocket) => {
      await socket.request('subscribe', { run: 'r' });
      await expect.poll(() => socket.seqs()).toEqual([1, 2]);
      return (socket.ws as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
    };
    expect(await received(squeezed)).toBeLessThan((await received(plain)) / 5);
  });

  it('is closed with 1001 when the gateway stops', async () => {
    const socket = await connect();
    await surface.surface.stop();
    expect(await socket.closed).toMatchObject({ code: 1001 });
  });

  it('beyond the limit of connections is turned away with 503', async () => {
    await surface.surface.stop();
    surface = await startTestSurface({ BATON_MAX_CONNECTIONS: '1' });
    const first = await connect();
    await expect(connect()).rejects.toThrow('503');
    first.close();
    await expect
      .poll(async () =>
        connect().then(
          () => 'in',
          () => 'out',
        ),
      )
      .toBe('in');
  });

  it('from a foreign page is turned away with 403', async () => {
    await expect(connect({ origin: 'https://evil.test' })).rejects.toThrow('403');
    await expect(connect({ origin: 'http://localhost:3000' })).resolves.toBeDefined();
  });
});
