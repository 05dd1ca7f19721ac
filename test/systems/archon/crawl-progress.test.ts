/** Crawls as their progress sockets tell them: contract archon-crawl, sections 1, 3 and 4. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame } from '../../harness/test-socket.ts';
import {
  dataOf,
  hasStatus,
  isCompleted,
  isConnected,
  isoText,
  stagesOf,
  startArchon,
  statusesOf,
  updates,
  type Archon,
} from './archon.ts';
import { busyMs } from '../../harness/busy.ts';

let archon: Archon;
beforeAll(async () => {
  archon = await startArchon();
});
afterAll(() => archon.stop());

const firstOf = (seen: Frame[], status: string) => seen.find((data) => data['status'] === status)?.['percentage'];

describe('a crawl', () => {
  test('has these frames and no others, with these keys and no others (3)', async () => {
    const site = await archon.serve({ pages: 2 });
    const { id, socket } = await archon.crawled(site.url, { max_concurrent: 1 });
    await socket.closed;
    const logs = [
      `crawl of ${site.url} registered`,
      `looking at ${site.url}`,
      `crawling ${site.url} link by link`,
      'crawling begins: 1 page known',
      '1 of 2 pages fetched',
      `${site.url}private/diary skipped: robots.txt forbids it`,
      '2 of 2 pages fetched',
      'cutting what 2 pages brought into chunks',
      'storing the chunks',
      'completed: 2 pages crawled, 2 chunks stored',
    ];
    const update = (status: string, percentage: number, [processedPages, totalPages]: number[], lines: number) => ({
      progressId: id,
      status,
      percentage,
      currentUrl: expect.stringMatching(/^http:/) as string,
      totalPages,
      processedPages,
      log: logs[lines - 1],
      logs: logs.slice(0, lines),
      start_time: isoText,
    });
    const end = { failedUrls: [], chunksStored: 2, sourceId: expect.stringMatching(/^src-\d+$/) as string };
    expect(socket.frames).toEqual([
      { type: 'connection_established', data: { progressId: id, status: 'waiting' } },
      ...[
        update('starting', 0, [0, 0], 1),
        update('analyzing', 5, [0, 0], 2),
        update('webpage', 10, [0, 0], 3),
        update('crawling', 15, [0, 1], 4),
        update('crawling', 37, [1, 2], 5),
        update('crawling', 60, [2, 2], 7),
        update('processing', 65, [2, 2], 8),
        update('storing', 80, [2, 2], 9),
      ].map((data) => ({ type: 'crawl_progress', data })),
      { type: 'crawl_completed', data: { ...update('completed', 100, [2, 2], 10), ...end } },
    ]);
  });

  test('is told from its start to its end, stage by stage, and its socket closed with 1000 two seconds later', async () => {
    const site = await archon.serve();
    const { id, socket, last, seen } = await archon.crawled(site.url);
    const endedAt = performance.now();
    expect(socket.frames[0]).toEqual({
      type: 'connection_established',
      data: { progressId: id, status: 'waiting' },
    });
    expect(statusesOf(seen)).toEqual(stagesOf('webpage'));
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
    expect(performance.now() - endedAt).toBeLessThan(2_000 + busyMs);
    expect(socket.frames.at(-1)).toEqual(last);
  });

  test('has a record of the right shape in each update, with a percentage that its pages have earned', async () => {
    const site = await archon.serve({ pages: 20, fanout: 4 });
    const { id, seen } = await archon.crawled(site.url);
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
    const site = await archon.serve({ pages: 7 });
    const { seen } = await archon.crawled(`${site.url}sitemap.xml`);
    expect(statusesOf(seen)).toEqual(stagesOf('sitemap'));
    expect(firstOf(seen, 'sitemap')).toBe(10);
    expect(seen.find(({ status }) => status === 'crawling')).toMatchObject({ totalPages: 7, processedPages: 0 });
  });

  test('of an address that merely has the word, in any letter case, falls back to a recursive crawl', async () => {
    const site = await archon.serve({
      pages: 3,
      answers: {
        '/?about=SiteMaps': (_request, response) =>
          void response.writeHead(200, { 'content-type': 'text/html' }).end('<a href="/page/1">one</a><p>About.</p>'),
      },
    });
    const { seen, last } = await archon.crawled(`${site.url}?about=SiteMaps`);
    expect(statusesOf(seen)).toEqual(
      'starting analyzing sitemap webpage crawling processing storing completed'.split(' '),
    );
    expect(dataOf(last)).toMatchObject({ processedPages: 4, failedUrls: [] });
    const inFragment = await archon.crawled(`${site.url}#sitemap`);
    expect(statusesOf(inFragment.seen)).toContain('sitemap');
  });

  test('that meets a missing page completes, with the page in failedUrls', async () => {
    const site = await archon.serve({
      pages: 3,
      answers: {
        '/page/2': (_request, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('gone'),
      },
    });
    const { last } = await archon.crawled(site.url);
    expect(last).toMatchObject({
      type: 'crawl_completed',
      data: { failedUrls: [`${site.url}page/2`], processedPages: 3, totalPages: 3 },
    });
  });

  test('of a host that cannot be reached, or whose pages all fail, ends as an error below 100', async () => {
    const gone = await archon.serve();
    await gone.stop();
    const missing = await archon.serve({ pages: 0 });
    for (const { url } of [gone, missing]) {
      const { id, last, socket } = await archon.crawled(url);
      const reason = `no page could be read; ${url}: `;
      expect(last).toEqual({
        type: 'crawl_progress',
        data: {
          progressId: id,
          status: 'error',
          percentage: 60,
          currentUrl: url,
          totalPages: 1,
          processedPages: 1,
          log: expect.stringContaining(reason),
          logs: expect.any(Array),
          start_time: isoText,
          error: expect.stringContaining(reason),
          failedUrls: [url],
        },
      });
      expect(await socket.closed).toMatchObject({ code: 1000 });
    }
  });

  test('skips what robots.txt forbids, says so in its log, and does not count it', async () => {
    const site = await archon.serve({ pages: 4 });
    const { last } = await archon.crawled(site.url);
    expect(dataOf(last)).toMatchObject({ totalPages: 4, processedPages: 4 });
    expect(dataOf(last)['logs']).toContain(`${site.url}private/diary skipped: robots.txt forbids it`);
    expect(site.hits('/private/diary')).toBe(0);
  });

  test('keeps to max_pages and max_depth, and asks nobody', async () => {
    const site = await archon.serve({ pages: 40 });
    const limited = await archon.crawled(site.url, { max_pages: 8, max_concurrent: 3 });
    expect(limited.last).toMatchObject({ type: 'crawl_completed', data: { totalPages: 8, processedPages: 8 } });
    expect(site.peak()).toBeLessThanOrEqual(3);
    const shallow = await archon.crawled(site.url, { max_depth: 0, knowledge_type: 'technical' });
    expect(shallow.last).toMatchObject({ data: { totalPages: 1, knowledge_type: 'technical' } });
  });
});

describe('the engine behind', () => {
  test('shows a crawl of this dialect natively, and this dialect one that was started natively', async () => {
    const site = await archon.serve({ pages: 3 });
    const { id } = await archon.crawled(site.url);
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
    const site = await archon.serve({ pages: 2 });
    const { id } = await archon.crawled(site.url);
    const other = await archon.watch(`archon:${id}`);
    expect(dataOf(await other.until(isConnected))).toEqual({ progressId: `archon:${id}`, status: 'waiting' });
    other.close();
  });
});
