/** The crawl-progress sockets over the real engine: contract archon-crawl, sections 3 to 5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, type SiteOptions, startSite } from '../../fixtures/site.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { dataOf, hasStatus, isCompleted, isConnected, isError, startArchon, updates, type Archon } from './archon.ts';

let archon: Archon;
/** Opened at the beginning, looked at in the end. */
let idle: { id: string; socket: TestSocket; openedAt: number };
const sites: Site[] = [];
beforeAll(async () => {
  archon = await startArchon();
  const id = unique('idle');
  idle = { id, socket: await archon.watch(id), openedAt: performance.now() };
});
afterAll(async () => {
  await archon.stop();
  await Promise.all(sites.map((site) => site.stop()));
});

async function serve(options: SiteOptions = {}): Promise<Site> {
  const site = await startSite({ pages: 6, ...options });
  sites.push(site);
  return site;
}

/** A crawl, and a socket that was open before it, until its end. */
async function crawled(url: string, more: Record<string, unknown> = {}) {
  const id = unique('cp');
  const socket = await archon.watch(id);
  await socket.until(isConnected);
  expect(await archon.crawl({ url, progress_id: id, ...more })).toMatchObject({ status: 202 });
  const last = await socket.until((frame) => isCompleted(frame) || isError(frame), 20_000);
  return { id, socket, last, seen: updates(socket) };
}

const statusesOf = (seen: Frame[]) => [...new Set(seen.map(({ status }) => status))];
const firstOf = (seen: Frame[], status: string) => seen.find((data) => data['status'] === status)?.['percentage'];

describe('a crawl', () => {
  test('is told from its start to its end, stage by stage, and its socket closed with 1000 two seconds later', async () => {
    const site = await serve();
    const { id, socket, last, seen } = await crawled(site.url);
    const endedAt = performance.now();
    expect(socket.frames[0]).toEqual({
      type: 'connection_established',
      data: { progressId: id, status: 'waiting' },
    });
    expect(statusesOf(seen)).toEqual('starting analyzing webpage crawling processing storing completed'.split(' '));
    const first = (status: string) => firstOf(seen, status);
    expect(['starting', 'analyzing', 'webpage', 'crawling', 'processing', 'storing', 'completed'].map(first)).toEqual([
      0, 5, 10, 15, 65, 80, 100,
    ]);
    expect(dataOf(last)).toMatchObject({ progressId: id, totalPages: 6, processedPages: 6, failedUrls: [] });
    expect(dataOf(last)['log']).toContain('6 pages crawled');
    expect(dataOf(last)['chunksStored']).toBeGreaterThanOrEqual(6);
    expect(dataOf(last)['sourceId']).toMatch(/^src-\d+$/);
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(performance.now() - endedAt).toBeGreaterThan(1_900);
    // Two seconds are promised; how far beyond a busy machine gets is not for this test.
    expect(performance.now() - endedAt).toBeLessThan(6_000);
    expect(socket.frames.at(-1)).toEqual(last);
  });

  test('has a record of the right shape in each update, with a percentage that its pages have earned', async () => {
    const site = await serve({ pages: 20, fanout: 4 });
    const { id, seen } = await crawled(site.url);
    let percentage = 0;
    for (const data of seen) {
      expect(data).toMatchObject({
        progressId: id,
        currentUrl: expect.stringMatching(/^http:/),
        log: expect.stringMatching(/./),
        logs: expect.any(Array),
        start_time: seen[0]?.['start_time'],
      });
      expect(new Date(String(data['start_time'])).toISOString()).toBe(data['start_time']);
      expect((data['logs'] as string[]).at(-1)).toBe(data['log']);
      expect(data).not.toHaveProperty('error');
      const [processed, total] = [Number(data['processedPages']), Number(data['totalPages'])];
      expect(processed).toBeLessThanOrEqual(total);
      expect(Number.isInteger(data['percentage'])).toBe(true);
      if (data['status'] === 'crawling' && processed > 0)
        expect(data['percentage']).toBe(Math.max(percentage, 15 + Math.floor((45 * processed) / total)));
      expect(data['percentage']).toBeGreaterThanOrEqual(percentage);
      percentage = Number(data['percentage']);
    }
    const crawling = seen.filter(({ status }) => status === 'crawling');
    expect(crawling.map(({ processedPages }) => processedPages)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    // The first page was counted with its links, so the bar does not leap.
    expect(crawling[1]).toMatchObject({ processedPages: 1, totalPages: 5, percentage: 24 });
    expect(crawling.at(-1)).toMatchObject({ percentage: 60 });
    expect(seen[0]).toMatchObject({ currentUrl: site.url });
  });

  test('of a sitemap shows the stage sitemap, and all its addresses before the first page', async () => {
    const site = await serve({ pages: 7 });
    const { seen } = await crawled(`${site.url}sitemap.xml`);
    expect(statusesOf(seen)).toEqual('starting analyzing sitemap crawling processing storing completed'.split(' '));
    expect(firstOf(seen, 'sitemap')).toBe(10);
    expect(seen.find(({ status }) => status === 'crawling')).toMatchObject({ totalPages: 7, processedPages: 0 });
  });

  test('of an address that merely has the word, in any letter case, falls back to a recursive crawl', async () => {
    const site = await serve({
      pages: 3,
      answers: {
        '/?about=SiteMaps': (_request, response) =>
          void response.writeHead(200, { 'content-type': 'text/html' }).end('<a href="/page/1">one</a><p>About.</p>'),
      },
    });
    const { seen, last } = await crawled(`${site.url}?about=SiteMaps`);
    expect(statusesOf(seen)).toEqual(
      'starting analyzing sitemap webpage crawling processing storing completed'.split(' '),
    );
    expect(dataOf(last)).toMatchObject({ processedPages: 4, failedUrls: [] });
    const inFragment = await crawled(`${site.url}#sitemap`);
    expect(statusesOf(inFragment.seen)).toContain('sitemap');
  });

  test('that meets a missing page completes, with the page in failedUrls', async () => {
    const site = await serve({
      pages: 3,
      answers: {
        '/page/2': (_request, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('gone'),
      },
    });
    const { last } = await crawled(site.url);
    expect(last).toMatchObject({
      type: 'crawl_completed',
      data: { failedUrls: [`${site.url}page/2`], processedPages: 3, totalPages: 3 },
    });
  });

  test('of a host that cannot be reached, or whose pages all fail, ends as an error below 100', async () => {
    const gone = await startSite();
    await gone.stop();
    const missing = await serve({ pages: 0 });
    for (const { url } of [gone, missing]) {
      const { last, socket } = await crawled(url);
      expect(last).toMatchObject({ type: 'crawl_progress', data: { status: 'error', failedUrls: [url] } });
      expect(dataOf(last)['percentage']).toBeLessThan(100);
      expect(dataOf(last)['error']).toMatch(/./);
      expect(await socket.closed).toMatchObject({ code: 1000 });
    }
  });

  test('skips what robots.txt forbids, says so in its log, and does not count it', async () => {
    const site = await serve({ pages: 4 });
    const { last } = await crawled(site.url);
    expect(dataOf(last)).toMatchObject({ totalPages: 4, processedPages: 4 });
    expect(dataOf(last)['logs']).toContain(`${site.url}private/diary skipped: robots.txt forbids it`);
    expect(site.hits('/private/diary')).toBe(0);
  });

  test('keeps to max_pages and max_depth, and asks nobody', async () => {
    const site = await serve({ pages: 40 });
    const limited = await crawled(site.url, { max_pages: 8, max_concurrent: 3 });
    expect(limited.last).toMatchObject({ type: 'crawl_completed', data: { totalPages: 8, processedPages: 8 } });
    expect(site.peak()).toBeLessThanOrEqual(3);
    const shallow = await crawled(site.url, { max_depth: 0, knowledge_type: 'technical' });
    expect(shallow.last).toMatchObject({ data: { totalPages: 1, knowledge_type: 'technical' } });
  });
});

describe('a socket', () => {
  test('that joins in mid-crawl is told the status, the record, and all that follows', async () => {
    const site = await serve({ pages: 12, fanout: 2 });
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
    const site = await serve();
    const { id, last } = await crawled(site.url);
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
    const site = await serve({ pages: 3 });
    const { id, socket } = await crawled(site.url);
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
    expect(statusesOf(updates(retry).slice(1))).toEqual(
      'starting analyzing webpage crawling processing storing completed'.split(' '),
    );
  });

  test('that has gone does not keep the others from being told', async () => {
    const site = await serve({ pages: 10 });
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
    const site = await serve({ pages: 2 });
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

  test('is closed with 1001 when its gateway stops, and finds the record on another one', async () => {
    const site = await serve({ pages: 5 });
    const letGo = site.hold();
    const id = unique('cp');
    const gateway = await archon.second();
    const socket = await gateway.open(`/api/crawl-progress/${id}`);
    await socket.until(isConnected);
    await gateway.api.post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    const record = await socket.until(hasStatus('webpage'));
    await gateway.surface.stop();
    expect(await socket.closed).toMatchObject({ code: 1001 });
    const again = await archon.watch(id);
    expect(await again.until(({ type }) => type === 'crawl_progress')).toEqual(record);
    letGo();
    await again.until(isCompleted);
  });
});

describe('the engine behind', () => {
  test('shows a crawl of this dialect natively, and this dialect one that was started natively', async () => {
    const site = await serve({ pages: 3 });
    const { id } = await crawled(site.url);
    expect(await archon.api.get(`/v1/runs/archon:${id}`)).toMatchObject({ status: 200, body: { status: 'completed' } });

    const native = unique('native');
    const before = await archon.watch(native);
    await before.until(isConnected);
    const letGo = site.hold();
    await archon.api.post('/v1/runs', { blueprint: 'crawl', id: native, input: { url: site.url } });
    await before.until(hasStatus('webpage'));
    const after = await archon.watch(native);
    expect(dataOf(await after.until(isConnected))).toEqual({ progressId: native, status: 'webpage' });
    letGo();
    await Promise.all([before, after].map((socket) => socket.until(isCompleted)));
    expect(statusesOf(updates(before))).toContain('starting');
  });

  test('keeps apart what looks like an id of a dialect: each client sees the id that it gave', async () => {
    const site = await serve({ pages: 2 });
    const { id } = await crawled(site.url);
    const other = await archon.watch(`archon:${id}`);
    expect(dataOf(await other.until(isConnected))).toEqual({ progressId: `archon:${id}`, status: 'waiting' });
    other.close();
    const script = unique('script');
    await archon.api.script([{ script: [] }], { id: script });
    const stranger = await archon.watch(script);
    expect(dataOf(await stranger.until(isConnected))).toEqual({ progressId: script, status: 'waiting' });
    stranger.close();
  });
});

describe('the clocks', () => {
  test('wait an hour for a crawl, and keep a record for an hour: here they run faster', async () => {
    const gateway = await archon.quick();
    const site = await serve({ pages: 2 });
    const id = unique('cp');
    const waiting = await gateway.open(`/api/crawl-progress/${id}`);
    expect(await waiting.closed).toMatchObject({ code: 1000 });
    expect(waiting.frames[0]).toMatchObject({ type: 'connection_established', data: { status: 'waiting' } });
    expect(waiting.frames.slice(1).length).toBeGreaterThan(5);
    expect(waiting.frames.slice(1)).toEqual(waiting.frames.slice(1).map(() => ({ type: 'ping' })));

    const start = () => gateway.api.post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    const record = () => gateway.api.get(`/api/crawl-progress/${id}`);
    await start();
    await until('the end', async () => (await record()).body['status'] === 'completed');
    await until('its record to be forgotten', async () => (await record()).status === 404);
    const late = await gateway.open(`/api/crawl-progress/${id}`);
    expect(dataOf(await late.until(isConnected))).toEqual({ progressId: id, status: 'waiting' });
    expect((await gateway.api.post(`/api/knowledge-items/crawl/${id}/cancel`)).status).toBe(404);
    expect(await start()).toMatchObject({ status: 202 });
    await late.until(isCompleted);
    expect(updates(late)[0]).toMatchObject({ status: 'starting', percentage: 0 });
    expect(await late.closed).toMatchObject({ code: 1000 });
  });

  test('ping each 15 s: the socket of an unknown id stays, and hears nothing else', async () => {
    await idle.socket.until(({ type }) => type === 'ping', 16_000);
    const waitedMs = performance.now() - idle.openedAt;
    expect(idle.socket.frames.slice(0, 2)).toEqual([
      { type: 'connection_established', data: { progressId: idle.id, status: 'waiting' } },
      { type: 'ping' },
    ]);
    expect(idle.socket.frames.filter(({ type }) => type === 'ping').length).toBe(Math.floor(waitedMs / 15_000));
    expect(idle.socket.ws.readyState).toBe(idle.socket.ws.OPEN);
  });
});
