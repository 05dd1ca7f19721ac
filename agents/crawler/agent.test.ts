import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CrawlBench, told } from '../../test/fixtures/crawl-bench.ts';
import { type RecordingContext, recordingContext } from '../../test/fixtures/crawl-context.ts';
import { faultPaths } from '../../test/fixtures/site-faults.ts';
import { type SiteOptions, startSite } from '../../test/fixtures/site.ts';
import { createCrawler } from './agent.ts';
import { crawlInputSchema } from './contract.ts';

let bench: CrawlBench;
beforeEach(() => {
  bench = new CrawlBench();
});
afterEach(() => bench.stop());

const stages = (ctx: RecordingContext) => told(ctx, 'crawl.stage').map(({ stage, percentage }) => [stage, percentage]);

describe('a recursive crawl', () => {
  test('reads every page that can be reached, once, and makes it searchable', async () => {
    await bench.serve({ pages: 20 });
    const ctx = recordingContext();
    const result = await bench.crawlToEnd(ctx, { tags: ['birds'] });
    expect(result).toMatchObject({
      mode: 'webpage',
      pages: 20,
      processed: 20,
      found: 20,
      failedUrls: [],
      limited: false,
    });
    for (let n = 0; n < 20; n += 1) expect(bench.site.hits(n === 0 ? '/' : `/page/${n}`)).toBe(1);
    expect(bench.site.hits('/robots.txt')).toBe(1);
    const [hit] = bench.knowledge.search('bird17', 5);
    expect(hit).toMatchObject({ url: bench.at('/page/17'), title: 'Page 17: the godwit', run: 'run-1' });
    expect(hit?.text).toContain('# The godwit of the');
    expect(bench.knowledge.sources()).toMatchObject([
      { sourceId: result.sourceId, url: bench.site.url, pages: 20, chunks: result.chunks, tags: ['birds'] },
    ]);
  });

  test('tells every stage and every page, with a percentage that is earned and never falls', async () => {
    await bench.serve({ pages: 30, delayMs: 10 });
    const ctx = recordingContext();
    await bench.crawlToEnd(ctx, { maxConcurrent: 4 });
    expect(stages(ctx)).toEqual([
      ['starting', 0],
      ['analyzing', 5],
      ['webpage', 10],
      ['crawling', 15],
      ['processing', 65],
      ['storing', 80],
      ['completed', 100],
    ]);
    const pages = told(ctx, 'crawl.page');
    expect(pages.map(({ processed }) => processed)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(pages[0]).toMatchObject({ status: 'ok', total: 6, percentage: 15 + Math.floor(45 / 6) });
    expect(pages.at(-1)).toMatchObject({ processed: 30, total: 30, percentage: 60 });
    const fractions = ctx.progresses.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(bench.site.peak()).toBeLessThanOrEqual(4);
    expect(bench.site.peak()).toBeGreaterThan(1);
    expect(told(ctx, 'crawl.stored')).toHaveLength(1);
  });

  test('goes no deeper than it may', async () => {
    await bench.serve({ pages: 100, fanout: 3 });
    expect((await bench.crawlToEnd(recordingContext(), { maxDepth: 1 })).pages).toBe(4);
    expect((await bench.crawlToEnd(recordingContext({ run: 'run-2' }), { maxDepth: 0 })).pages).toBe(1);
  });

  test('does not touch what robots.txt forbids, says so, and does not count it', async () => {
    await bench.serve({ pages: 3 });
    const ctx = recordingContext();
    expect((await bench.crawlToEnd(ctx)).found).toBe(3);
    expect(told(ctx, 'crawl.skipped')).toEqual([{ url: bench.at('/private/diary'), reason: 'robots' }]);
    expect(bench.site.hits('/private/diary')).toBe(0);
  });

  test('waits as long as robots.txt asks between two fetches', async () => {
    await bench.serve({ pages: 6, robots: 'User-agent: *\nCrawl-delay: 0.1\n' });
    const begun = performance.now();
    await bench.crawlToEnd(recordingContext());
    expect(performance.now() - begun).toBeGreaterThan(490);
    expect(bench.site.peak()).toBe(1);
  });

  test('ends with what failed in a list, and everything else in the store', async () => {
    await bench.serve({ pages: 3, faults: true });
    const ctx = recordingContext();
    const result = await bench.crawlToEnd(ctx, { maxConcurrent: 50 });
    const failed =
      'missing error silent trickle reset large bomb broken-gzip loop hop/0 to-elsewhere to-private to-file';
    // A redirect to another site is refused before anything is sent there.
    const expected = [...failed.split(' '), 'to-metadata'].map((name) => bench.at(`/fault/${name}`));
    expect(result.failedUrls.toSorted()).toEqual(expected.toSorted());
    const byUrl = new Map(told(ctx, 'crawl.page').map((page) => [page['url'], page]));
    expect(byUrl.get(bench.at('/fault/missing'))).toMatchObject({
      status: 'failed',
      reason: 'http_status',
      httpStatus: 404,
    });
    expect(byUrl.get(bench.at('/fault/silent'))).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(byUrl.get(bench.at('/fault/to-private'))).toMatchObject({ status: 'failed', reason: 'robots' });
    expect(byUrl.get(bench.at('/fault/to-elsewhere'))).toMatchObject({ status: 'failed', reason: 'off_site' });
    expect(byUrl.get(bench.at('/fault/image'))).toMatchObject({ status: 'ignored', reason: 'unsupported_type' });
    expect(byUrl.get(bench.at('/fault/to-page'))).toMatchObject({ status: 'ignored', reason: 'duplicate' });
    expect(byUrl.get(bench.at('/fault/to-new-page'))).toMatchObject({
      status: 'ok',
      finalUrl: bench.at('/only-behind-a-redirect'),
      title: 'Behind',
    });
    expect(result.processed).toBe(3 + 1 + faultPaths.length);
    expect(bench.site.hits('/page/1')).toBe(1);
    expect(bench.site.hits('/private/diary')).toBe(0);
    expect(bench.knowledge.search('café', 1)[0]?.url).toBe(bench.at('/fault/latin1'));
    expect(bench.knowledge.search('日本', 1)[0]?.url).toBe(bench.at('/fault/sjis'));
    expect(bench.knowledge.search('brotli OR br', 5).map(({ url }) => url)).toContain(bench.at('/fault/br'));
  }, 30_000);

  test('moves with a first page that redirects within its domain', async () => {
    await using target = await startSite({ pages: 4 });
    await bench.serve({ answers: { '/': redirectTo(target.url) } });
    expect((await bench.crawlToEnd(recordingContext())).pages).toBe(4);
    expect(bench.site.hits('/page/1')).toBe(0);
  });

  test.each(['/', '/sitemap.xml'])(
    'fails where its first address, %s, redirects to another domain, and sends nothing there',
    async (path) => {
      await using target = await startSite({ pages: 4, host: '127.0.0.2' });
      await bench.serve({ answers: { [path]: redirectTo(target.url) } });
      await expect(bench.crawl(recordingContext(), { url: bench.at(path) })).rejects.toMatchObject({
        code: 'crawl_failed',
        message: expect.stringContaining(`redirected to ${target.url}, which is another site`),
      });
      expect(target.allHits().size).toBe(0);
    },
  );

  test('asks robots.txt also about where a page that was taken for a sitemap has redirected to', async () => {
    const diary = (_request: unknown, response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Dear diary</p>');
    await bench.serve({ answers: { '/about-sitemaps': redirectTo('/private/diary'), '/private/diary': diary } });
    await expect(bench.crawl(recordingContext(), { url: bench.at('/about-sitemaps') })).rejects.toMatchObject({
      code: 'crawl_failed',
      message: expect.stringContaining('robots.txt forbids'),
    });
  });
});

const redirectTo = (location: string) => (_request: unknown, response: ServerResponse) =>
  void response.writeHead(301, { location }).end();

describe('a sitemap crawl', () => {
  test('reads the pages of an index of sitemaps, one of them packed, and follows no link', async () => {
    await bench.serve({ pages: 9 });
    const ctx = recordingContext();
    const result = await bench.crawlToEnd(ctx, { url: bench.at('/sitemap.xml') });
    expect(result).toMatchObject({ mode: 'sitemap', pages: 9, found: 9 });
    expect(stages(ctx).slice(2, 4)).toEqual([
      ['sitemap', 10],
      ['crawling', 15],
    ]);
    expect(told(ctx, 'crawl.sitemap')).toEqual([
      { url: bench.at('/sitemap.xml'), addresses: 2 },
      { url: bench.at('/sitemap-a.xml'), addresses: 5 },
      { url: bench.at('/sitemap-b.xml.gz'), addresses: 4 },
    ]);
    expect(told(ctx, 'crawl.page')[0]).toMatchObject({ total: 9, percentage: 20 });
    expect(bench.site.hits('/private/diary')).toBe(0);
  });

  test('of a page whose address merely has the word is a recursive one, and the page is fetched once', async () => {
    const page = '<title>About sitemaps</title><a href="/page/1">x</a>';
    await bench.serve({
      pages: 2,
      answers: {
        '/about-SiteMap': (_request, response) =>
          void response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      },
    });
    const ctx = recordingContext();
    expect(await bench.crawlToEnd(ctx, { url: bench.at('/about-SiteMap') })).toMatchObject({
      mode: 'webpage',
      pages: 3,
    });
    expect(stages(ctx).map(([stage]) => stage)).toEqual(
      'starting analyzing sitemap webpage crawling processing storing completed'.split(' '),
    );
    expect(bench.site.hits('/about-SiteMap')).toBe(1);
  });
});

describe('a crawl that cannot succeed', () => {
  test('fails when no page can be read, with the reason', async () => {
    await bench.serve();
    await expect(bench.crawl(recordingContext(), { url: bench.at('/nowhere') })).rejects.toMatchObject({
      code: 'crawl_failed',
      message: expect.stringMatching(/answered 404/),
    });
  });

  test.each([
    ['forbids it', 'User-agent: *\nDisallow: /'],
    ['cannot be read', null],
  ])('fails when robots.txt %s', async (_what, robots) => {
    const broken: SiteOptions = {
      answers: { '/robots.txt': (_request, response) => void response.writeHead(503).end() },
    };
    await bench.serve(robots === null ? broken : { robots });
    await expect(bench.crawl(recordingContext())).rejects.toMatchObject({
      code: 'crawl_failed',
      message: expect.stringMatching(/robots\.txt/),
    });
    expect(bench.site.hits('/')).toBe(0);
  });

  test('goes on where there is no robots.txt at all', async () => {
    await bench.serve({ pages: 2, robots: null });
    expect((await bench.crawlToEnd(recordingContext())).pages).toBe(2);
  });

  test.each(['/', '/sitemap.xml'])('is refused when the target is private: %s', async (path) => {
    await bench.serve();
    const careful = createCrawler({ dataDir: bench.folder, CRAWL_ALLOW_PRIVATE: false });
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = bench.at(path).replace('127.0.0.1', host);
      const ctx = recordingContext({ run: `run-${host}` });
      await expect(careful.run(ctx, crawlInputSchema.parse({ url }))).rejects.toMatchObject({
        code: 'target_forbidden',
      });
    }
    await careful.close?.();
    expect(bench.site.allHits().size).toBe(0);
  });

  test.each([
    ['of another scheme', 'ftp://bench.site.test/'],
    ['with a password', 'http://user:pass@bench.site.test/'],
    ['that is too long', `http://bench.site.test/${'x'.repeat(2_000)}`],
    ['that is none', 'bench.site.test'],
  ])('is refused by its input: an address %s', async (_what, url) => {
    await bench.serve();
    expect(crawlInputSchema.safeParse({ url }).success).toBe(false);
    expect(crawlInputSchema.safeParse({ url: bench.site.url, maxDepth: 11 }).success).toBe(false);
    expect(crawlInputSchema.safeParse({ url: bench.site.url, depth: 1 }).success).toBe(false);
  });
});

test('a crawl of the same address again replaces what the one before has stored', async () => {
  await bench.serve({ pages: 12 });
  const first = await bench.crawlToEnd(recordingContext());
  const second = await bench.crawlToEnd(recordingContext({ run: 'run-2' }), { maxDepth: 0 });
  expect(second.sourceId).toBe(first.sourceId);
  expect(bench.knowledge.search('bird7', 5)).toEqual([]);
  expect(bench.knowledge.search('bird0', 5)).toMatchObject([{ run: 'run-2' }]);
  expect(bench.knowledge.sources()).toMatchObject([{ pages: 1, run: 'run-2' }]);
});
