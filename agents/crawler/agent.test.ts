import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Agent } from '../../protocol/agent.ts';
import { type RecordingContext, recordingContext } from '../../test/fixtures/crawl-context.ts';
import { faultPaths } from '../../test/fixtures/site-faults.ts';
import { type Site, type SiteOptions, startSite } from '../../test/fixtures/site.ts';
import { type Knowledge, openKnowledge } from '../../stores/knowledge/knowledge.ts';
import { createCrawler } from './agent.ts';
import { type CrawlInput, crawlInputSchema, type CrawlResult } from './contract.ts';

let folder: string;
let knowledge: Knowledge;
let crawler: Agent<CrawlInput, CrawlResult>;
let site: Site;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-crawler-'));
  knowledge = openKnowledge(folder);
  crawler = createCrawler({ dataDir: folder, CRAWL_ALLOW_PRIVATE: true });
});
afterEach(async () => {
  await crawler.close?.();
  knowledge.close();
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Input = Partial<z.input<typeof crawlInputSchema>>;

function crawl(ctx: RecordingContext, input: Input = {}) {
  return crawler.run(ctx, crawlInputSchema.parse({ url: site.url, ...input }));
}

async function crawlToEnd(ctx: RecordingContext, input: Input = {}): Promise<CrawlResult> {
  const result = await crawl(ctx, input);
  if (!('done' in result)) throw new Error(`the crawl did not end: ${JSON.stringify(result)}`);
  return result.done;
}

const serve = async (options: SiteOptions = {}) => {
  site = await startSite(options);
};
const of = (ctx: RecordingContext, kind: string) =>
  ctx.events.filter((event) => event.kind === kind).map(({ data }) => data);
const stages = (ctx: RecordingContext) => of(ctx, 'crawl.stage').map(({ stage, percentage }) => [stage, percentage]);
const at = (path: string) => new URL(path, site.url).href;

describe('a recursive crawl', () => {
  test('reads every page that can be reached, once, and makes it searchable', async () => {
    await serve({ pages: 20 });
    const ctx = recordingContext();
    const result = await crawlToEnd(ctx, { tags: ['birds'] });
    expect(result).toMatchObject({
      mode: 'webpage',
      pages: 20,
      processed: 20,
      found: 20,
      failedUrls: [],
      limited: false,
    });
    for (let n = 0; n < 20; n += 1) expect(site.hits(n === 0 ? '/' : `/page/${n}`)).toBe(1);
    expect(site.hits('/robots.txt')).toBe(1);
    const [hit] = knowledge.search('bird17', 5);
    expect(hit).toMatchObject({ url: at('/page/17'), title: 'Page 17: the godwit', run: 'run-1' });
    expect(hit?.text).toContain('# The godwit of the');
    expect(knowledge.sources()).toMatchObject([
      { sourceId: result.sourceId, url: site.url, pages: 20, chunks: result.chunks, tags: ['birds'] },
    ]);
  });

  test('tells every stage and every page, with a percentage that is earned and never falls', async () => {
    await serve({ pages: 30, delayMs: 10 });
    const ctx = recordingContext();
    await crawlToEnd(ctx, { maxConcurrent: 4 });
    expect(stages(ctx)).toEqual([
      ['starting', 0],
      ['analyzing', 5],
      ['webpage', 10],
      ['crawling', 15],
      ['processing', 65],
      ['storing', 80],
      ['completed', 100],
    ]);
    const pages = of(ctx, 'crawl.page');
    expect(pages.map(({ processed }) => processed)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(pages[0]).toMatchObject({ status: 'ok', total: 6, percentage: 15 + Math.floor(45 / 6) });
    expect(pages.at(-1)).toMatchObject({ processed: 30, total: 30, percentage: 60 });
    const fractions = ctx.progresses.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    expect(site.peak()).toBeLessThanOrEqual(4);
    expect(site.peak()).toBeGreaterThan(1);
    expect(of(ctx, 'crawl.stored')).toHaveLength(1);
  });

  test('goes no deeper than it may', async () => {
    await serve({ pages: 100, fanout: 3 });
    expect((await crawlToEnd(recordingContext(), { maxDepth: 1 })).pages).toBe(4);
    expect((await crawlToEnd(recordingContext({ run: 'run-2' }), { maxDepth: 0 })).pages).toBe(1);
  });

  test('does not touch what robots.txt forbids, says so, and does not count it', async () => {
    await serve({ pages: 3 });
    const ctx = recordingContext();
    expect((await crawlToEnd(ctx)).found).toBe(3);
    expect(of(ctx, 'crawl.skipped')).toEqual([{ url: at('/private/diary'), reason: 'robots' }]);
    expect(site.hits('/private/diary')).toBe(0);
  });

  test('waits as long as robots.txt asks between two fetches', async () => {
    await serve({ pages: 6, robots: 'User-agent: *\nCrawl-delay: 0.1\n' });
    const begun = performance.now();
    await crawlToEnd(recordingContext());
    expect(performance.now() - begun).toBeGreaterThan(490);
    expect(site.peak()).toBe(1);
  });

  test('ends with what failed in a list, and everything else in the store', async () => {
    await serve({ pages: 3, faults: true });
    const ctx = recordingContext();
    const result = await crawlToEnd(ctx, { maxConcurrent: 50 });
    const failed =
      'missing error silent trickle reset large bomb broken-gzip loop hop/0 to-elsewhere to-private to-file';
    // A redirect to another site is refused before anything is sent there.
    const expected = [...failed.split(' '), 'to-metadata'].map((name) => at(`/fault/${name}`));
    expect(result.failedUrls.toSorted()).toEqual(expected.toSorted());
    const byUrl = new Map(of(ctx, 'crawl.page').map((page) => [page['url'], page]));
    expect(byUrl.get(at('/fault/missing'))).toMatchObject({ status: 'failed', reason: 'http_status', httpStatus: 404 });
    expect(byUrl.get(at('/fault/silent'))).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(byUrl.get(at('/fault/to-private'))).toMatchObject({ status: 'failed', reason: 'robots' });
    expect(byUrl.get(at('/fault/to-elsewhere'))).toMatchObject({ status: 'failed', reason: 'off_site' });
    expect(byUrl.get(at('/fault/image'))).toMatchObject({ status: 'ignored', reason: 'unsupported_type' });
    expect(byUrl.get(at('/fault/to-page'))).toMatchObject({ status: 'ignored', reason: 'duplicate' });
    expect(byUrl.get(at('/fault/to-new-page'))).toMatchObject({
      status: 'ok',
      finalUrl: at('/only-behind-a-redirect'),
      title: 'Behind',
    });
    expect(result.processed).toBe(3 + 1 + faultPaths.length);
    expect(site.hits('/page/1')).toBe(1);
    expect(site.hits('/private/diary')).toBe(0);
    expect(knowledge.search('café', 1)[0]?.url).toBe(at('/fault/latin1'));
    expect(knowledge.search('日本', 1)[0]?.url).toBe(at('/fault/sjis'));
    expect(knowledge.search('brotli OR br', 5).map(({ url }) => url)).toContain(at('/fault/br'));
  }, 30_000);

  test('moves with a first page that redirects to another site', async () => {
    await using target = await startSite({ pages: 4, host: '127.0.0.2' });
    await serve({
      answers: { '/': (_request, response) => void response.writeHead(301, { location: target.url }).end() },
    });
    expect((await crawlToEnd(recordingContext())).pages).toBe(4);
    expect(site.hits('/page/1')).toBe(0);
  });
});

describe('a sitemap crawl', () => {
  test('reads the pages of an index of sitemaps, one of them packed, and follows no link', async () => {
    await serve({ pages: 9 });
    const ctx = recordingContext();
    const result = await crawlToEnd(ctx, { url: at('/sitemap.xml') });
    expect(result).toMatchObject({ mode: 'sitemap', pages: 9, found: 9 });
    expect(stages(ctx).slice(2, 4)).toEqual([
      ['sitemap', 10],
      ['crawling', 15],
    ]);
    expect(of(ctx, 'crawl.sitemap')).toEqual([
      { url: at('/sitemap.xml'), addresses: 2 },
      { url: at('/sitemap-a.xml'), addresses: 5 },
      { url: at('/sitemap-b.xml.gz'), addresses: 4 },
    ]);
    expect(of(ctx, 'crawl.page')[0]).toMatchObject({ total: 9, percentage: 20 });
    expect(site.hits('/private/diary')).toBe(0);
  });

  test('of a page whose address merely has the word is a recursive one, and the page is fetched once', async () => {
    const page = '<title>About sitemaps</title><a href="/page/1">x</a>';
    await serve({
      pages: 2,
      answers: {
        '/about-SiteMap': (_request, response) =>
          void response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      },
    });
    const ctx = recordingContext();
    expect(await crawlToEnd(ctx, { url: at('/about-SiteMap') })).toMatchObject({ mode: 'webpage', pages: 3 });
    expect(stages(ctx).map(([stage]) => stage)).toEqual(
      'starting analyzing sitemap webpage crawling processing storing completed'.split(' '),
    );
    expect(site.hits('/about-SiteMap')).toBe(1);
  });
});

describe('a site that is larger than the limit', () => {
  const question = async (ctx: RecordingContext, input: Input) => {
    const result = await crawl(ctx, input);
    if (!('ask' in result)) throw new Error('nothing was asked');
    return result.ask;
  };
  const answered = (answer: unknown, expired = false) => ({
    kind: 'answer' as const,
    question: 'q',
    answers: [{ by: 'ada', answer }],
    expired,
  });

  test('makes the crawl ask a person, with what is fetched kept', async () => {
    await serve({ pages: 40 });
    const ask = await question(recordingContext(), { maxPages: 10 });
    expect(ask).toMatchObject({
      kind: 'crawl.limit',
      context: { url: site.url, processed: 10, failed: 0, maxPages: 10, more: false },
      timeoutMs: 600_000,
      onTimeout: { then: 'default', answer: { continue: false } },
    });
    expect((ask.context as { found: number }).found).toBeGreaterThan(10);
    expect(ask.answerSchema).toMatchObject({ required: ['continue'], additionalProperties: false });
    expect(knowledge.sources()).toEqual([]);
  });

  test('goes on where it was when the person says so, and asks again at the new limit', async () => {
    await serve({ pages: 40 });
    const first = recordingContext();
    await question(first, { maxPages: 10 });
    const second = recordingContext({ attempt: 2, returned: [answered({ continue: true, maxPages: 20 })] });
    expect((await question(second, { maxPages: 10 })).context).toMatchObject({ processed: 20, maxPages: 20 });
    const returned = [answered({ continue: true, maxPages: 20 }), answered({ continue: true })];
    const third = recordingContext({ attempt: 3, returned });
    expect(await crawlToEnd(third, { maxPages: 10 })).toMatchObject({ pages: 40, limited: false });
    for (let n = 1; n < 40; n += 1) expect(site.hits(`/page/${n}`)).toBe(1);
    const events = [first, second, third].flatMap((ctx) => of(ctx, 'crawl.page'));
    expect(events.map(({ processed }) => processed)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    const percentages = events.map(({ percentage }) => Number(percentage));
    expect(percentages).toEqual(percentages.toSorted((one, other) => one - other));
    expect(of(third, 'crawl.stage').map(({ stage }) => stage)).toEqual(['processing', 'storing', 'completed']);
  });

  test.each([
    ['says no', answered({ continue: false })],
    ['does not answer in time', answered(null, true)],
    ['names a limit that is reached already', answered({ continue: true, maxPages: 10 })],
  ])('is completed with what is there when the person %s', async (_what, answer) => {
    await serve({ pages: 40 });
    await question(recordingContext(), { maxPages: 10 });
    const result = await crawlToEnd(recordingContext({ attempt: 2, returned: [answer] }), { maxPages: 10 });
    expect(result).toMatchObject({ pages: 10, processed: 10, limited: true });
    expect([...site.allHits().keys()].filter((path) => path.startsWith('/page/'))).toHaveLength(9);
  });

  test('is simply crawled up to the limit where nobody shall be asked', async () => {
    await serve({ pages: 40 });
    const ctx = recordingContext();
    expect(await crawlToEnd(ctx, { maxPages: 10, onLimit: 'stop' })).toMatchObject({
      pages: 10,
      found: 10,
      limited: true,
    });
    expect(of(ctx, 'crawl.page').at(-1)).toMatchObject({ total: 10, percentage: 60 });
  });

  test('is not one that has exactly as many pages', async () => {
    await serve({ pages: 10 });
    expect(await crawlToEnd(recordingContext(), { maxPages: 10 })).toMatchObject({ pages: 10, limited: false });
  });
});

describe('a crawl that cannot succeed', () => {
  test('fails when no page can be read, with the reason', async () => {
    await serve();
    await expect(crawl(recordingContext(), { url: at('/nowhere') })).rejects.toMatchObject({
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
    await serve(robots === null ? broken : { robots });
    await expect(crawl(recordingContext())).rejects.toMatchObject({
      code: 'crawl_failed',
      message: expect.stringMatching(/robots\.txt/),
    });
    expect(site.hits('/')).toBe(0);
  });

  test('goes on where there is no robots.txt at all', async () => {
    await serve({ pages: 2, robots: null });
    expect((await crawlToEnd(recordingContext())).pages).toBe(2);
  });

  test.each(['/', '/sitemap.xml'])('is refused when the target is private: %s', async (path) => {
    await serve();
    const careful = createCrawler({ dataDir: folder, CRAWL_ALLOW_PRIVATE: false });
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = at(path).replace('127.0.0.1', host);
      const ctx = recordingContext({ run: `run-${host}` });
      await expect(careful.run(ctx, crawlInputSchema.parse({ url }))).rejects.toMatchObject({
        code: 'target_forbidden',
      });
    }
    await careful.close?.();
    expect(site.allHits().size).toBe(0);
  });

  test.each([
    ['of another scheme', 'ftp://site.test/'],
    ['with a password', 'http://user:pass@site.test/'],
    ['that is too long', `http://site.test/${'x'.repeat(2_000)}`],
    ['that is none', 'site.test'],
  ])('is refused by its input: an address %s', async (_what, url) => {
    await serve();
    expect(crawlInputSchema.safeParse({ url }).success).toBe(false);
    expect(crawlInputSchema.safeParse({ url: site.url, maxDepth: 11 }).success).toBe(false);
    expect(crawlInputSchema.safeParse({ url: site.url, depth: 1 }).success).toBe(false);
  });
});

describe('a crawl that is stopped', () => {
  test('ends at once when it is cancelled, with every connection', async () => {
    await serve({ pages: 50 });
    const cancel = new AbortController();
    const release = site.hold();
    const crawling = crawl(recordingContext({ signal: cancel.signal }));
    const ended = expect(crawling).rejects.toThrow('cancelled');
    await site.reached(1);
    cancel.abort(new Error('cancelled'));
    await ended;
    await expect.poll(() => site.open()).toBe(0);
    release();
  });

  test('goes on where it was in its next attempt, and tells again what may not have arrived', async () => {
    await serve({ pages: 30 });
    const stop = new AbortController();
    // The log has confirmed nothing of this attempt when it ends.
    const first = { ...recordingContext({ signal: stop.signal }), settled: () => new Promise<void>(() => undefined) };
    const crawling = crawl(first, { maxConcurrent: 1 });
    const ended = expect(crawling).rejects.toThrow('the worker stops');
    await site.reached(12);
    stop.abort(new Error('the worker stops'));
    await ended;
    const second = recordingContext({ attempt: 2, resumedFrom: { processed: 1 } });
    expect((await crawlToEnd(second)).pages).toBe(30);
    expect(second.events.slice(0, first.events.length)).toEqual(first.events);
    expect(of(second, 'crawl.page').map(({ processed }) => processed)).toEqual(
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
    const finished = of(first, 'crawl.page').map(({ url }) => new URL(String(url)).pathname);
    expect(finished.length).toBeGreaterThan(5);
    for (const path of finished) expect(site.hits(path)).toBe(1);
  });

  test('tells nothing twice that the log has confirmed', async () => {
    await serve({ pages: 10 });
    const first = recordingContext();
    const result = await crawlToEnd(first);
    const second = recordingContext({ attempt: 2 });
    expect(await crawlToEnd(second)).toEqual(result);
    expect(second.events).toEqual([]);
    expect(site.hits('/')).toBe(1);
  });

  test('leaves its place to a newer attempt, even if it still runs', async () => {
    await serve({ pages: 30 });
    const release = site.hold();
    const given = crawl(recordingContext());
    const ended = expect(given).rejects.toMatchObject({ code: 'run_moved' });
    await site.reached(1);
    const second = crawlToEnd(recordingContext({ attempt: 2 }));
    await site.reached(2);
    release();
    await ended;
    expect((await second).pages).toBe(30);
  });
});

test('a crawl of the same address again replaces what the one before has stored', async () => {
  await serve({ pages: 12 });
  const first = await crawlToEnd(recordingContext());
  const second = await crawlToEnd(recordingContext({ run: 'run-2' }), { maxDepth: 0 });
  expect(second.sourceId).toBe(first.sourceId);
  expect(knowledge.search('bird7', 5)).toEqual([]);
  expect(knowledge.search('bird0', 5)).toMatchObject([{ run: 'run-2' }]);
  expect(knowledge.sources()).toMatchObject([{ pages: 1, run: 'run-2' }]);
});
