/** The crawl-progress sockets over the real engine: contract archon-crawl, sections 3 to 5. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, type SiteOptions, startSite } from '../../fixtures/site.ts';
import { unique } from '../../harness/temporal-server.ts';
import { dataOf, isCompleted, isConnected, startArchon, updates, type Archon } from './archon.ts';

let archon: Archon;
const sites: Site[] = [];
beforeAll(async () => {
  archon = await startArchon();
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

test('a socket that is open before the start is told every stage, the end, and closed with 1000 two seconds later', async () => {
  const site = await serve();
  const id = unique('cp');
  const socket = await archon.watch(id);
  expect(await socket.until(isConnected)).toEqual({
    type: 'connection_established',
    data: { progressId: id, status: 'waiting' },
  });
  const started = await archon.crawl({ url: site.url, progress_id: id });
  expect(started).toMatchObject({ status: 202, body: { success: true, progressId: id } });
  const last = await socket.until(isCompleted);
  const endedAt = performance.now();
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(performance.now() - endedAt).toBeGreaterThan(1_900);
  expect(performance.now() - endedAt).toBeLessThan(2_500);

  const seen = updates(socket);
  expect([...new Set(seen.map(({ status }) => status))]).toEqual(
    'starting analyzing webpage crawling processing storing completed'.split(' '),
  );
  const first = (status: string) => seen.find((data) => data['status'] === status)?.['percentage'];
  expect(['starting', 'analyzing', 'webpage', 'crawling', 'processing', 'storing', 'completed'].map(first)).toEqual([
    0, 5, 10, 15, 65, 80, 100,
  ]);
  expect(dataOf(last)).toMatchObject({ progressId: id, totalPages: 6, processedPages: 6, failedUrls: [] });
});
