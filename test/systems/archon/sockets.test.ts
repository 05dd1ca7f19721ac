/** The crawl-progress sockets, whoever comes and goes: contract archon-crawl, sections 3 to 5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quickClocks } from '../../fixtures/archon-quick/archon/dialect.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import {
  dataOf,
  hasStatus,
  isCompleted,
  isConnected,
  isPing,
  stagesOf,
  startArchon,
  statusesOf,
  updates,
  type Archon,
} from './archon.ts';
import { busyMs } from '../../harness/busy.ts';

let archon: Archon;
/** Opened at the beginning, looked at in the end. */
let idle: { id: string; socket: TestSocket; list: TestSocket; pinged: Promise<number[]> };
beforeAll(async () => {
  archon = await startArchon();
  const id = unique('idle');
  const [socket, list] = await Promise.all([archon.watch(id), archon.open('/api/knowledge-items/stream')]);
  const openedAt = performance.now();
  const firstPing = async (of: TestSocket) => {
    await of.until(isPing, 40_000);
    return performance.now() - openedAt;
  };
  idle = { id, socket, list, pinged: Promise.all([firstPing(socket), firstPing(list)]) };
});
afterAll(() => archon.stop());

describe('a socket', () => {
  test('that joins in mid-crawl is told the status, the record, and all that follows', async () => {
    const site = await archon.serve({ pages: 12, fanout: 2 });
    const id = unique('cp');
    const early = await archon.watch(id);
    await early.until(isConnected);
    const letGo = site.hold();
    await archon.crawl({ url: site.url, progress_id: id });
    await early.until(hasStatus('webpage'));
    const late = await archon.watch(id);
    expect(await late.until(isConnected)).toEqual({
      type: 'connection_established',
      data: { progressId: id, status: 'webpage' },
    });
    expect(await late.until(({ type }) => type === 'crawl_progress')).toEqual(early.frames.at(-1));
    letGo();
    await Promise.all([early.until(isCompleted), late.until(isCompleted)]);
    // Everything from the record on is told to both alike.
    expect(updates(late)).toEqual(updates(early).slice(-updates(late).length));
    expect(updates(late).length).toBeGreaterThan(12);
  });

  test('that comes after the end gets the last frame and is closed with 1000; polling gets the same record', async () => {
    const site = await archon.serve();
    const { id, last } = await archon.crawled(site.url);
    const late = await archon.watch(id);
    await late.until(isCompleted);
    expect(late.frames).toEqual([
      { type: 'connection_established', data: { progressId: id, status: 'completed' } },
      last,
    ]);
    const polled = await archon.api.get(`/api/crawl-progress/${id}`);
    expect(polled).toMatchObject({ status: 200, body: dataOf(last) });
    expect(await late.closed).toMatchObject({ code: 1000 });
  });

  test('that is on an ended crawl stays when the crawl is started again, from 0, and is closed after the new end', async () => {
    const site = await archon.serve({ pages: 3 });
    const { id, socket } = await archon.crawled(site.url);
    const retry = await archon.watch(id);
    await retry.until(isCompleted);
    const startedAt = performance.now();
    const before = retry.frames.length;
    const letGo = site.hold();
    expect(await archon.crawl({ url: site.url, progressId: id })).toMatchObject({ status: 202 });
    const again = await retry.until((frame) => hasStatus('starting')(frame) && retry.frames.indexOf(frame) >= before);
    expect(dataOf(again)).toMatchObject({ percentage: 0, processedPages: 0, logs: [expect.any(String)] });
    const other = await archon.watch(id);
    await other.until(({ type }) => type === 'crawl_progress');
    // Longer than the close that was pending.
    await until('the close of a socket that was pending to pass', () => performance.now() - startedAt > 2_300);
    expect(retry.ws.readyState).toBe(retry.ws.OPEN);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    letGo();
    for (const each of [retry, socket, other]) {
      expect(await each.closed).toMatchObject({ code: 1000 });
      expect(each.frames.at(-1)).toMatchObject({ type: 'crawl_completed' });
    }
    expect(statusesOf(updates(retry).slice(1))).toEqual(stagesOf('webpage'));
  });

  test('that has gone does not keep the others from being told', async () => {
    const site = await archon.serve({ pages: 10 });
    const id = unique('cp');
    const sockets = await Promise.all([archon.watch(id), archon.watch(id), archon.watch(id)]);
    await Promise.all(sockets.map((socket) => socket.until(isConnected)));
    const letGo = site.hold();
    await archon.crawl({ url: site.url, progress_id: id });
    await Promise.all(sockets.map((socket) => socket.until(hasStatus('webpage'))));
    sockets[1]?.close();
    letGo();
    const [one, , three] = sockets;
    await Promise.all([one?.until(isCompleted), three?.until(isCompleted)]);
    expect(three?.frames).toEqual(one?.frames);
  });

  test('cannot tell the crawl anything: its frames are ignored', async () => {
    const site = await archon.serve({ pages: 2 });
    const id = unique('cp');
    const [one, other] = [await archon.watch(id), await archon.watch(id)];
    for (const frame of ['', 'no json', '[1]', { type: 'crawl_progress', data: { progressId: id, percentage: 99 } }])
      one.send(frame);
    await archon.crawl({ url: site.url, progress_id: id });
    await Promise.all([one.until(isCompleted), other.until(isCompleted)]);
    expect(updates(one)).toEqual(updates(other));
    expect(updates(one)[0]).toMatchObject({ status: 'starting', percentage: 0 });
  });

  test.each(['a%20b', 'a%2Fb', 'x'.repeat(129), '%C3%A9', '%zz'])(
    'of the malformed id %s is told so and closed with 1000',
    async (id) => {
      const socket = await archon.watch(id);
      expect(await socket.closed).toMatchObject({ code: 1000 });
      expect(socket.frames).toEqual([
        {
          type: 'crawl_progress',
          data: {
            progressId: id === '%zz' ? '' : decodeURIComponent(id),
            status: 'error',
            percentage: 0,
            log: expect.any(String),
            error: expect.stringMatching(/./),
          },
        },
      ]);
    },
  );

  test('of an id under which something else runs hears nothing of it: there is no crawl (5, row 3)', async () => {
    const id = unique('check');
    const before = await archon.watch(id);
    await before.until(isConnected);
    const start = { blueprint: 'scam-analysis', id, input: { text: 'see http://paypal-login.example/' } };
    expect((await archon.api.post('/v1/runs', start)).status).toBe(201);
    await archon.api.eventsToEnd(id);
    const after = await archon.watch(id);
    await after.until(isConnected);
    for (const socket of [before, after]) {
      expect(socket.frames).toEqual([{ type: 'connection_established', data: { progressId: id, status: 'waiting' } }]);
      expect(socket.ws.readyState).toBe(socket.ws.OPEN);
      socket.close();
    }
    expect((await archon.api.get(`/api/crawl-progress/${id}`)).status).toBe(404);
  });

  test('is closed with 1001 when its gateway stops, and finds the record on another one', async () => {
    const site = await archon.serve({ pages: 5 });
    const letGo = site.hold();
    const id = unique('cp');
    const gateway = await archon.second();
    const socket = await gateway.open(`/api/crawl-progress/${id}`);
    await socket.until(isConnected);
    await gateway.api.post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    const record = await socket.until(hasStatus('webpage'));
    await gateway.stop();
    expect(await socket.closed).toMatchObject({ code: 1001 });
    const again = await archon.watch(id);
    expect(await again.until(({ type }) => type === 'crawl_progress')).toEqual(record);
    letGo();
    await again.until(isCompleted);
  });
});

describe('the clocks', () => {
  test('wait an hour for a crawl, and keep a record for an hour: here they run faster', async () => {
    const gateway = await archon.quick();
    const site = await archon.serve({ pages: 2 });
    const id = unique('cp');
    const waiting = await gateway.open(`/api/crawl-progress/${id}`);
    expect(await waiting.closed).toMatchObject({ code: 1000 });
    expect(waiting.frames[0]).toMatchObject({ type: 'connection_established', data: { status: 'waiting' } });
    expect(waiting.frames.slice(1).length).toBeGreaterThan(1);
    expect(waiting.frames.slice(1)).toEqual(waiting.frames.slice(1).map(() => ({ type: 'ping' })));

    const start = () => gateway.api.post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    const record = () => gateway.api.get(`/api/crawl-progress/${id}`);
    await start();
    // The contract's own clocks keep it long enough to be seen.
    await until(
      'the end',
      async () => (await archon.api.get(`/api/crawl-progress/${id}`)).body['status'] === 'completed',
    );
    await until('its record to be forgotten', async () => (await record()).status === 404);
    const late = await gateway.open(`/api/crawl-progress/${id}`);
    expect(dataOf(await late.until(isConnected))).toEqual({ progressId: id, status: 'waiting' });
    expect((await gateway.api.post(`/api/knowledge-items/crawl/${id}/cancel`)).status).toBe(404);
    expect(await start()).toMatchObject({ status: 202 });
    await late.until(isCompleted);
    expect(updates(late)[0]).toMatchObject({ status: 'starting', percentage: 0 });
    expect(await late.closed).toMatchObject({ code: 1000 });
  });

  test('ping those who watch a crawl that takes long, and never close them', async () => {
    const gateway = await archon.quick();
    const site = await archon.serve({ pages: 2 });
    const letGo = site.hold();
    const id = unique('cp');
    const socket = await gateway.open(`/api/crawl-progress/${id}`);
    await gateway.api.post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    await socket.until(hasStatus('webpage'));
    // Longer than a crawl is waited for, and than a record is kept.
    const from = performance.now();
    const passed = () => performance.now() - from > quickClocks.waitMs + 500;
    await until('pings enough', () => passed() && socket.frames.filter(isPing).length > 5);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    letGo();
    await socket.until(isCompleted);
    expect(await socket.closed).toMatchObject({ code: 1000 });
  });

  test('ping each 15 s: the socket of an unknown id stays, and hears nothing else; the list is pinged as often', async () => {
    for (const ms of await idle.pinged) {
      expect(ms).toBeGreaterThan(14_500);
      expect(ms).toBeLessThan(15_000 + busyMs);
    }
    expect(idle.list.frames.find(isPing)).toEqual({ type: 'ping' });
    expect(idle.socket.frames.slice(0, 2)).toEqual([
      { type: 'connection_established', data: { progressId: idle.id, status: 'waiting' } },
      { type: 'ping' },
    ]);
    expect(idle.socket.frames.slice(1).every(isPing)).toBe(true);
    expect(idle.socket.ws.readyState).toBe(idle.socket.ws.OPEN);
  });
});
