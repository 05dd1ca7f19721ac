/** The existing system's own client on the product as `npm start` brings it up: an address is all it is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { launchBaton, type Launched } from '../../harness/launched.ts';
import { until } from '../../harness/until.ts';
import { KnowledgePage } from './progress-service.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let dataDir: string;
let baton: Launched;
let site: Site;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-archon-'));
  site = await startSite({ pages: 10, fanout: 3 });
  // A port of its own, for the gateway must come back at the same address.
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  baton = await launchBaton(dataDir, ['--split', '--port', String(port)], { CRAWL_ALLOW_PRIVATE: '1' });
});
afterAll(async () => {
  baton.signal('SIGTERM');
  await baton.ended;
  await site.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a card goes from starting to completed, and is gone two seconds later', async () => {
  const page = new KnowledgePage(baton.api);
  expect(await page.addUrl('card-1', site.url)).toBe(202);
  await until('the completion', () => page.completed[0]);
  expect(page.cards.get('card-1')).toMatchObject({ status: 'completed', bar: 100, retryShown: false });
  expect(page.bars).toEqual(page.bars.toSorted((a, b) => a - b));
  await until('the card to be gone', () => page.cards.size === 0);
  expect(page.service.connections).toBe(1);
  page.service.leave();
});

test('a card with an error offers a retry, which goes on in the same card from 0', async () => {
  const page = new KnowledgePage(baton.api);
  const gone = await startSite();
  await gone.stop();
  expect(await page.addUrl('card-2', gone.url)).toBe(202);
  await until('the error', () => page.failed[0]);
  expect(page.cards.get('card-2')).toMatchObject({ status: 'error', retryShown: true });
  expect(page.failed[0]).toContain('ECONNREFUSED');
  const before = page.bars.length;
  expect(await page.retry('card-2', site.url)).toBe(202);
  await until('the completion', () => page.completed[0]);
  expect(page.bars.slice(before)).toContain(0);
  page.service.leave();
});

test('when the gateway dies and is started again, the client comes back by itself and sees the crawl through', async () => {
  const page = new KnowledgePage(baton.api);
  // Goes on while the gateway is away, however long that takes: a page that is held for 10 s would have failed.
  const slow = await startSite({ pages: 12, fanout: 3, delayMs: 700 });
  expect(await page.addUrl('card-3', slow.url, { max_concurrent: 1 })).toBe(202);
  await until('the crawl to begin', () => page.cards.get('card-3')?.status === 'crawling');
  process.kill(baton.pidOf('gateway'), 'SIGKILL');
  await until('the client to be back', () => page.service.connections === 2, 60_000);
  await until('the completion', () => page.completed[0], 60_000);
  expect(page.cards.get('card-3')).toMatchObject({ processedPages: 12, totalPages: 12 });
  expect(page.bars).toEqual(page.bars.toSorted((a, b) => a - b));
  page.service.leave();
  await slow.stop();
});
