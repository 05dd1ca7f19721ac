/** The crawl blueprint through the whole engine: kernel, worker, log, knowledge store. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '../protocol/schemas/question.ts';
import type { RunEvent } from '../protocol/schemas/event.ts';
import { openKnowledge } from '../stores/knowledge/knowledge.ts';
import { type Site, type SiteOptions, startSite } from './fixtures/site.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { busyMs } from './harness/busy.ts';

let baton: TestBaton;
const sites: Site[] = [];
beforeAll(async () => {
  baton = await startBaton({ settings: { CRAWL_ALLOW_PRIVATE: '1' } });
});
afterAll(async () => {
  await baton.stop();
  await Promise.all(sites.map((site) => site.stop()));
});

async function serve(options: SiteOptions): Promise<Site> {
  const site = await startSite(options);
  sites.push(site);
  return site;
}

async function start(input: Record<string, unknown>): Promise<string> {
  const { run } = await baton.engine.runs.start({ blueprint: 'crawl', input }, anonymous);
  return run.id;
}

const emitted = (events: RunEvent[], kind: string) =>
  events.filter(({ type, data }) => type === 'agent.emitted' && data['kind'] === kind).map(({ data }) => data);
const stagesOf = (events: RunEvent[]) => emitted(events, 'crawl.stage').map(({ stage }) => stage);
const isPage = ({ data }: RunEvent) => data['kind'] === 'crawl.page';

test('a crawl writes its stages and pages into the log, ends with its counts, and is searchable', async () => {
  const site = await serve({ pages: 25 });
  const run = await start({ url: site.url });
  const events = await readToEnd(baton.engine, run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(stagesOf(events)).toEqual('starting analyzing webpage crawling processing storing completed'.split(' '));
  expect(emitted(events, 'crawl.page').map(({ processed }) => processed)).toEqual(
    Array.from({ length: 25 }, (_, index) => index + 1),
  );
  expect(events.at(-1)).toMatchObject({
    type: 'run.completed',
    data: { result: { mode: 'webpage', pages: 25, failedUrls: [], limited: false } },
  });
  const [hit] = baton.engine.knowledge.search({ q: 'bird13', limit: 5 });
  expect(hit).toMatchObject({ url: `${site.url}page/13`, run });
});

test('a person is asked in mid-crawl, and the crawl goes on in the same step without fetching a page twice', async () => {
  const site = await serve({ pages: 40 });
  const run = await start({ url: site.url, maxPages: 12 });
  const asked = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as Question;
  expect(question).toMatchObject({ kind: 'crawl.limit', step: 'crawler#1', context: { processed: 12, maxPages: 12 } });
  const { progress } = await baton.engine.runs.state(run);
  const kept = asked.filter(({ type }) => type === 'agent.progressed').map(({ data }) => Number(data['fraction']));
  expect(kept.length).toBeGreaterThan(2);
  expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
  expect(progress).toBe(kept.at(-1));
  expect(Date.parse(question.expiresAt ?? '') - Date.parse(question.askedAt)).toBe(600_000);
  const refused = baton.engine.runs.answer(run, question.id, { continue: true, maxPages: 5_001 }, anonymous);
  await expect(refused).rejects.toMatchObject({ code: 'invalid_answer' });
  await baton.engine.runs.answer(run, question.id, { continue: true }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', data: { result: { pages: 40, limited: false } } });
  expect(events.filter(({ type }) => type === 'agent.started')).toHaveLength(1);
  expect(stagesOf(events)).toEqual('starting analyzing webpage crawling processing storing completed'.split(' '));
  for (let page = 1; page < 40; page += 1) expect(site.hits(`/page/${page}`)).toBe(1);
});

test('a crawl that is cancelled stops its fetches within a second and stores nothing', async () => {
  const site = await serve({ pages: 500, delayMs: 20 });
  const run = await start({ url: site.url, maxPages: 500, maxDepth: 10 });
  await readUntil(baton.engine, run, isPage);
  const cancelledAt = performance.now();
  await baton.engine.runs.cancel(run, { reason: 'enough' }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(performance.now() - cancelledAt).toBeLessThan(1_000 + busyMs);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'enough' } });
  await expect.poll(() => site.open()).toBe(0);
  using knowledge = openKnowledge(baton.config.dataDir);
  expect(knowledge.sources().filter(({ url }) => url === site.url)).toEqual([]);
});

test('a crawl goes on with another worker where the first one left it', async () => {
  await using own = await disposable({ CRAWL_ALLOW_PRIVATE: '1' });
  const site = await serve({ pages: 60, delayMs: 20 });
  const first = await own.startWorker();
  const { run } = await own.engine.runs.start(
    { blueprint: 'crawl', input: { url: site.url, maxConcurrent: 2 } },
    anonymous,
  );
  await readUntil(own.engine, run.id, ({ data }) => Number(data['processed']) >= 10);
  await first.stop();
  const before = new Map(site.allHits());
  expect(before.size).toBeLessThan(60);
  await own.startWorker();
  const events = await readToEnd(own.engine, run.id);
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', data: { result: { pages: 60 } } });
  const pages = emitted(events, 'crawl.page');
  expect(new Set(pages.map(({ processed }) => processed)).size).toBe(60);
  const twice = [...site.allHits()].filter(([path, hits]) => hits > 1 && path !== '/robots.txt');
  // Only what was under way when the worker stopped may be fetched again.
  expect(twice.length).toBeLessThanOrEqual(2);
});

test('a private target is refused where it is not allowed, with nothing fetched and no second attempt', async () => {
  await using own = await disposable({ CRAWL_ALLOW_PRIVATE: '0' });
  await own.startWorker();
  const site = await serve({ pages: 2 });
  const { run } = await own.engine.runs.start({ blueprint: 'crawl', input: { url: site.url } }, anonymous);
  const events = await readToEnd(own.engine, run.id);
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'target_forbidden' } } });
  expect(events.filter(({ type }) => type === 'agent.attempt_failed')).toEqual([]);
  expect(site.allHits().size).toBe(0);
});

test.each([{ url: 'ftp://site.test/' }, { url: 'http://site.test/', maxPages: 0 }, {}])(
  'an input that does not fit is refused before a run begins: %j',
  async (input) => {
    await expect(start(input)).rejects.toMatchObject({ code: 'invalid_input' });
  },
);

async function disposable(settings: Record<string, string>): Promise<TestBaton & AsyncDisposable> {
  const own = await startBaton({ settings, worker: false });
  return { ...own, [Symbol.asyncDispose]: () => own.stop() };
}
