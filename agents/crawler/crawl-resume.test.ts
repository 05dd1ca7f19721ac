import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CrawlBench, type CrawlArguments, told } from '../../test/fixtures/crawl-bench.ts';
import { type RecordingContext, recordingContext } from '../../test/fixtures/crawl-context.ts';

let bench: CrawlBench;
beforeEach(() => {
  bench = new CrawlBench();
});
afterEach(() => bench.stop());

describe('a site that is larger than the limit', () => {
  const question = async (ctx: RecordingContext, input: CrawlArguments) => {
    const result = await bench.crawl(ctx, input);
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
    await bench.serve({ pages: 40 });
    const ask = await question(recordingContext(), { maxPages: 10 });
    expect(ask).toMatchObject({
      kind: 'crawl.limit',
      context: { url: bench.site.url, processed: 10, failed: 0, maxPages: 10, more: false },
      timeoutMs: 600_000,
      onTimeout: { then: 'default', answer: { continue: false } },
    });
    expect((ask.context as { found: number }).found).toBeGreaterThan(10);
    expect(ask.answerSchema).toMatchObject({ required: ['continue'], additionalProperties: false });
    expect(bench.knowledge.sources()).toEqual([]);
  });

  test('goes on where it was when the person says so, and asks again at the new limit', async () => {
    await bench.serve({ pages: 40 });
    const first = recordingContext();
    await question(first, { maxPages: 10 });
    const second = recordingContext({ attempt: 2, returned: [answered({ continue: true, maxPages: 20 })] });
    expect((await question(second, { maxPages: 10 })).context).toMatchObject({ processed: 20, maxPages: 20 });
    const returned = [answered({ continue: true, maxPages: 20 }), answered({ continue: true })];
    const third = recordingContext({ attempt: 3, returned });
    expect(await bench.crawlToEnd(third, { maxPages: 10 })).toMatchObject({ pages: 40, limited: false });
    for (let n = 1; n < 40; n += 1) expect(bench.site.hits(`/page/${n}`)).toBe(1);
    const events = [first, second, third].flatMap((ctx) => told(ctx, 'crawl.page'));
    expect(events.map(({ processed }) => processed)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    const percentages = events.map(({ percentage }) => Number(percentage));
    expect(percentages).toEqual(percentages.toSorted((one, other) => one - other));
    expect(told(third, 'crawl.stage').map(({ stage }) => stage)).toEqual(['processing', 'storing', 'completed']);
  });

  test.each([
    ['says no', answered({ continue: false })],
    ['does not answer in time', answered(null, true)],
    ['names a limit that is reached already', answered({ continue: true, maxPages: 10 })],
  ])('is completed with what is there when the person %s', async (_what, answer) => {
    await bench.serve({ pages: 40 });
    await question(recordingContext(), { maxPages: 10 });
    const result = await bench.crawlToEnd(recordingContext({ attempt: 2, returned: [answer] }), { maxPages: 10 });
    expect(result).toMatchObject({ pages: 10, processed: 10, limited: true });
    expect([...bench.site.allHits().keys()].filter((path) => path.startsWith('/page/'))).toHaveLength(9);
  });

  test('is simply crawled up to the limit where nobody shall be asked', async () => {
    await bench.serve({ pages: 40 });
    const ctx = recordingContext();
    expect(await bench.crawlToEnd(ctx, { maxPages: 10, onLimit: 'stop' })).toMatchObject({
      pages: 10,
      found: 10,
      limited: true,
    });
    expect(told(ctx, 'crawl.page').at(-1)).toMatchObject({ total: 10, percentage: 60 });
  });

  test('is not one that has exactly as many pages', async () => {
    await bench.serve({ pages: 10 });
    expect(await bench.crawlToEnd(recordingContext(), { maxPages: 10 })).toMatchObject({ pages: 10, limited: false });
  });
});

describe('a crawl that is stopped', () => {
  test('ends at once when it is cancelled, with every connection', async () => {
    await bench.serve({ pages: 50 });
    const cancel = new AbortController();
    const release = bench.site.hold();
    const crawling = bench.crawl(recordingContext({ signal: cancel.signal }));
    const ended = expect(crawling).rejects.toThrow('cancelled');
    await bench.site.reached(1);
    cancel.abort(new Error('cancelled'));
    await ended;
    await expect.poll(() => bench.site.open()).toBe(0);
    release();
  });

  test('goes on where it was in its next attempt, and tells again what may not have arrived', async () => {
    await bench.serve({ pages: 30 });
    const stop = new AbortController();
    // The log has confirmed nothing of this attempt when it ends.
    const first = { ...recordingContext({ signal: stop.signal }), settled: () => new Promise<void>(() => undefined) };
    const crawling = bench.crawl(first, { maxConcurrent: 1 });
    const ended = expect(crawling).rejects.toThrow('the worker stops');
    await bench.site.reached(12);
    stop.abort(new Error('the worker stops'));
    await ended;
    const second = recordingContext({ attempt: 2, resumedFrom: { processed: 1 } });
    expect((await bench.crawlToEnd(second)).pages).toBe(30);
    expect(second.events.slice(0, first.events.length)).toEqual(first.events);
    expect(told(second, 'crawl.page').map(({ processed }) => processed)).toEqual(
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
    const finished = told(first, 'crawl.page').map(({ url }) => new URL(String(url)).pathname);
    expect(finished.length).toBeGreaterThan(5);
    for (const path of finished) expect(bench.site.hits(path)).toBe(1);
  });

  test('tells nothing twice that the log has confirmed', async () => {
    await bench.serve({ pages: 10 });
    const first = recordingContext();
    const result = await bench.crawlToEnd(first);
    const second = recordingContext({ attempt: 2 });
    expect(await bench.crawlToEnd(second)).toEqual(result);
    expect(second.events).toEqual([]);
    expect(bench.site.hits('/')).toBe(1);
  });

  test('begins anew when the run was reset, whichever attempt is the first to come to it', async () => {
    await bench.serve({ pages: 10 });
    const result = await bench.crawlToEnd(recordingContext());
    const again = recordingContext({ workId: 'the next execution', attempt: 2 });
    expect(await bench.crawlToEnd(again)).toEqual(result);
    expect(told(again, 'crawl.page')).toHaveLength(10);
    expect(bench.site.hits('/')).toBe(2);
  });

  test('leaves its place to a newer attempt, even if it still runs', async () => {
    await bench.serve({ pages: 30 });
    const release = bench.site.hold();
    const given = bench.crawl(recordingContext());
    const ended = expect(given).rejects.toMatchObject({ code: 'run_moved' });
    await bench.site.reached(1);
    const second = bench.crawlToEnd(recordingContext({ attempt: 2 }));
    await bench.site.reached(2);
    release();
    await ended;
    expect((await second).pages).toBe(30);
  });
});
