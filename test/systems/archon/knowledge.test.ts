/** The knowledge list, its stream, search and delete: contract archon-crawl, sections 2 and 3. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { knowledgeSchema } from '../../../stores/knowledge/schema.ts';
import { openDatabase } from '../../../stores/sqlite/database.ts';
import { countChange } from '../../../stores/knowledge/sources.ts';
import { dataOf, expectError, isoText, isPing, startArchon, type Archon } from './archon.ts';

let archon: Archon;
const sites: Site[] = [];
beforeAll(async () => {
  archon = await startArchon({
    AUTH_TOKEN: `${unique('ada')}:client:secret-a,${unique('bob')}:client:secret-b,${unique('root')}:ops:secret-o`,
  });
});
afterAll(async () => {
  await archon.stop();
  await Promise.all(sites.map((site) => site.stop()));
});

const as = (name: string) => archon.as(name);

/** Crawls a site of its own; its address and the id of its source. */
async function stored(name: string, body: Record<string, unknown> = {}): Promise<{ url: string; source: string }> {
  const site = await startSite({ pages: 3 });
  sites.push(site);
  const id = unique('cp');
  await as(name).post('/api/knowledge-items/crawl', { url: site.url, progress_id: id, ...body });
  const source = await until('the end', async () => {
    const { body: record } = await as(name).get(`/api/crawl-progress/${id}`);
    return record['status'] === 'completed' && String(record['sourceId']);
  });
  return { url: site.url, source };
}

/** What the product's processes have written into their logs. */
function logged(): string {
  const folder = join(archon.product.dataDir, 'logs');
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
}

const items = async (name: string) =>
  (await as(name).get('/api/knowledge-items')).body as { items: Frame[]; total: number };
const idsOf = (frame: Frame) => (dataOf(frame)['items'] as Frame[]).map((item) => item['source_id']);
const shows = (source: string) => (frame: Frame) =>
  frame['type'] === 'knowledge_items_update' && idsOf(frame).includes(source);
const lastList = (socket: TestSocket) => socket.frames.findLast(({ type }) => type === 'knowledge_items_update') ?? {};

test('the list has what was crawled, with the keys of the contract, newest first', async () => {
  const first = await stored('a', { tags: ['docs', 'birds'], knowledge_type: 'technical' });
  const second = await stored('a');
  const list = await items('a');
  expect(list.total).toBe(list.items.length);
  expect(list.items.slice(0, 2).map(({ source_id: source }) => source)).toEqual([second.source, first.source]);
  expect(list.items[1]).toEqual({
    source_id: first.source,
    url: first.url,
    title: 'Page 0: the heron',
    pages: 3,
    chunks: 3,
    words: expect.any(Number),
    tags: ['docs', 'birds'],
    created_at: isoText,
    updated_at: isoText,
  });
});

test('search finds chunks by their words, best first, at most five or as many as asked for', async () => {
  const { url, source } = await stored('a');
  const search = async (query: string) => as('a').get(`/api/knowledge-items/search?${query}`);
  const { body } = await search('q=bird2%20kingfisher%20avocet');
  const results = body['results'] as Frame[];
  expect(results.length).toBeLessThanOrEqual(5);
  expect(results.find(({ source_id: from }) => from === source)).toEqual({
    url: `${url}page/2`,
    chunk: expect.stringContaining('bird2'),
    score: expect.any(Number),
    source_id: source,
  });
  const scores = results.map(({ score }) => Number(score));
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(((await search('q=tide&limit=1')).body['results'] as Frame[]).length).toBe(1);
  expect((await search('q=')).body).toEqual({ results: [] });
  for (const query of ['limit=1', 'q=a&limit=x', 'q=a&limit=0'])
    expectError(await search(query), 422, 'invalid_request');
});

test('a deleted item is gone from list and search, and deleting it again is 404', async () => {
  const { url, source } = await stored('a');
  expect((await as('a').call('DELETE', `/api/knowledge-items/${source}`)).status).toBe(204);
  expect((await items('a')).items.map((item) => item['source_id'])).not.toContain(source);
  const { body } = await as('a').get('/api/knowledge-items/search?q=bird1&limit=100');
  expect((body['results'] as Frame[]).filter((result) => String(result['url']).startsWith(url))).toEqual([]);
  const again = await as('a').call('DELETE', `/api/knowledge-items/${source}`);
  expectError(again, 404, 'item_not_found');
});

test('the stream has the list at once and after each change, whichever process made it', async () => {
  const socket = await archon.open('/api/knowledge-items/stream?token=secret-a');
  const first = await socket.until(({ type }) => type === 'knowledge_items_update');
  expect(first).toEqual({ type: 'knowledge_items_update', data: await items('a') });
  const { source } = await stored('a');
  await socket.until(shows(source));
  expect(dataOf(lastList(socket))).toEqual(await items('a'));
  // A gateway in a process of its own: what it deletes is told here, too.
  const second = await archon.second();
  const path = `/api/knowledge-items/${source}`;
  expect((await new Api(second.url, 'secret-a').call('DELETE', path)).status).toBe(204);
  await until('the change', () => !shows(source)(lastList(socket)));
  socket.close();
});

test('pings come on the stream of the list, too', async () => {
  const gateway = await archon.quick();
  const socket = await gateway.open('/api/knowledge-items/stream?token=secret-a');
  await until('two pings', () => socket.frames.filter(isPing).length >= 2);
  expect(socket.frames[0]).toMatchObject({ type: 'knowledge_items_update' });
  expect(socket.frames.find(isPing)).toEqual({ type: 'ping' });
  expect(socket.frames.filter((frame) => !isPing(frame))).toHaveLength(1);
  socket.close();
});

test("a client sees, finds and deletes its own, ops everybody's; what others store is not told", async () => {
  const bob = await archon.open('/api/knowledge-items/stream?token=secret-b');
  const root = await archon.open('/api/knowledge-items/stream?token=secret-o');
  await bob.until(({ type }) => type === 'knowledge_items_update');
  const { source, url } = await stored('a');
  await root.until(shows(source));
  expect((await items('b')).items).toEqual([]);
  const found = (await as('b').get('/api/knowledge-items/search?q=bird1&limit=100')).body['results'] as Frame[];
  expect(found.filter((result) => String(result['url']).startsWith(url))).toEqual([]);
  expect((await as('b').call('DELETE', `/api/knowledge-items/${source}`)).status).toBe(404);
  expect(bob.frames).toHaveLength(1);
  expect((await as('o').call('DELETE', `/api/knowledge-items/${source}`)).status).toBe(204);
  await until('the change', () => !shows(source)(lastList(root)));
  bob.close();
  root.close();
});

test('a store that cannot be read ends the streams with 1011, is logged, and harms nothing else', async () => {
  const { source } = await stored('a');
  const streamOf = (name: string) => archon.open(`/api/knowledge-items/stream?token=secret-${name}`);
  const streams = await Promise.all([streamOf('a'), streamOf('o')]);
  const other = await archon.open('/api/mcp/logs/stream?token=secret-a');
  await Promise.all(streams.map((socket) => socket.until(shows(source))));
  const database = openDatabase(join(archon.product.dataDir, 'knowledge.sqlite'), knowledgeSchema);
  database.exec('ALTER TABLE source RENAME TO source_away');
  countChange(database);
  for (const socket of streams) expect(await socket.closed).toMatchObject({ code: 1011 });
  const late = await streamOf('a');
  expect(await late.closed).toMatchObject({ code: 1011 });
  expect(late.frames).toEqual([]);
  expectError(await as('a').get('/api/knowledge-items'), 500, 'internal');
  await until('the log', () => logged().includes('the knowledge list could not be read'));
  database.exec('ALTER TABLE source_away RENAME TO source');
  database.close();
  // What the client does after any code but 1000.
  const again = await streamOf('a');
  await again.until(shows(source));
  expect(other.ws.readyState).toBe(other.ws.OPEN);
  const { source: next } = await stored('a');
  await again.until(shows(next));
  other.close();
  again.close();
});
