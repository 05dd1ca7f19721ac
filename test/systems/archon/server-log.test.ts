/** The log of the tool server, told live and asked for: contract archon-crawl, sections 1 to 3. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, type SiteAnswer, startSite } from '../../fixtures/site.ts';
import { Api } from '../../harness/gateway.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import { dataOf, expectError, isConnected, isoText, startArchon, type Archon } from './archon.ts';

let archon: Archon;
let site: Site;
const holes =
  (count: number): SiteAnswer =>
  (_request, response) => {
    const links = Array.from({ length: count }, (_, n) => `<a href="/missing/${n}">${n}</a>`);
    response.writeHead(200, { 'content-type': 'text/html' }).end(links.join(' '));
  };
beforeAll(async () => {
  site = await startSite({
    pages: 3,
    answers: { '/holes': holes(60), '/many': holes(1_100) },
  });
  archon = await startArchon({
    AUTH_TOKEN: `${unique('ada')}:client:secret-a,${unique('bob')}:client:secret-b,${unique('eve')}:human:secret-e,${unique('root')}:ops:secret-o`,
  });
});
afterAll(async () => {
  await archon.stop();
  await site.stop();
});

/** A crawl of many pages, on a machine that has much else to do. */
const patienceMs = 50_000;
const as = (name: string) => archon.as(name);
const listen = (name: string) => archon.open(`/api/mcp/logs/stream?token=secret-${name}`);
const about = (socket: TestSocket, id: string) => socket.frames.filter(({ message }) => String(message).includes(id));
const says = (id: string, what: RegExp) => (frame: Frame) =>
  String(frame['message']).includes(id) && what.test(String(frame['message']));

async function crawl(name: string, path: string): Promise<string> {
  const id = unique('cp');
  const body = { url: site.url + path, progress_id: id, max_pages: 2_000, max_concurrent: 20 };
  expect((await as(name).post('/api/knowledge-items/crawl', body)).status).toBe(202);
  return id;
}

async function crawled(name: string, path: string): Promise<string> {
  const id = await crawl(name, path);
  await until(
    'the end',
    async () => {
      const { body } = await as(name).get(`/api/crawl-progress/${id}`);
      return body['status'] === 'completed';
    },
    patienceMs,
  );
  return id;
}

test('a socket hears of the start, of what fails and of the end, as bare lines', async () => {
  const socket = await listen('a');
  const id = await crawl('a', 'holes');
  await socket.until(says(id, /completed/), patienceMs);
  const lines = about(socket, id);
  expect(lines[0]).toEqual({
    timestamp: isoText,
    level: 'INFO',
    message: `crawl ${id} started for ${site.url}holes`,
  });
  const failures = lines.filter(({ level }) => level === 'WARNING');
  expect(failures).toHaveLength(60);
  expect(failures.map(({ message }) => message)).toContain(
    `crawl ${id} could not fetch ${site.url}missing/0: the server answered 404`,
  );
  expect(lines.at(-1)).toMatchObject({
    level: 'INFO',
    message: `crawl ${id} completed: 1 pages crawled, 1 chunks stored, 60 failed`,
  });
  for (const frame of socket.frames) expect(Object.keys(frame)).toEqual(['timestamp', 'level', 'message']);
  socket.close();
});

test('a new socket gets the latest 50, oldest first, and then what is new; a request as many as it asks for', async () => {
  const id = await crawled('a', 'holes');
  const socket = await listen('a');
  await socket.until(says(id, /completed/));
  expect(socket.frames).toHaveLength(50);
  const times = socket.frames.map(({ timestamp }) => String(timestamp));
  expect(times).toEqual(times.toSorted());
  const asked = async (query: string) => (await as('a').get(`/api/mcp/logs${query}`)).body['logs'] as Frame[];
  expect((await asked('?limit=50')).map(({ message }) => message)).toEqual(socket.frames.map(({ message }) => message));
  expect(await asked('')).toHaveLength(100);
  expect((await asked('?limit=7')).length).toBe(7);
  expect((await asked('?limit=1000')).length).toBeGreaterThan(100);
  for (const limit of ['1001', '0', 'x'])
    expectError(await as('a').get(`/api/mcp/logs?limit=${limit}`), 422, 'invalid_request');
  const next = await crawl('a', '');
  await socket.until(says(next, /completed/));
  expect(about(socket, next).length).toBeGreaterThanOrEqual(3);
  socket.close();
});

test('every gateway answers at once with all lines that there are: one that is up, one that has begun only now', async () => {
  const id = await crawled('a', '');
  const second = await archon.second();
  const told = async (url: string) => {
    const { body } = await new Api(url, 'secret-a').get('/api/mcp/logs?limit=1000');
    return (body['logs'] as Frame[]).filter(({ message }) => String(message).includes(id));
  };
  expect(await told(second.url)).toHaveLength(4);
  expect(await told(archon.url)).toEqual(await told(second.url));
  // It is up now, and nobody tells it what another one has begun.
  const record = async () => (await as('a').get(`/api/crawl-progress/${id}`)).body;
  for (const times of [2, 3]) {
    const { start_time: startTime } = await record();
    const again = await as('a').post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
    expect(again.status).toBe(202);
    await until('the next end', async () => {
      const { status, start_time: since } = await record();
      return status === 'completed' && since !== startTime;
    });
    const lines = await told(second.url);
    expect(lines).toHaveLength(4 * times);
    expect(lines.at(-1)?.['message']).toMatch(/ completed: /);
  }
});

test('a gateway tells live what was begun on another one', async () => {
  const second = await archon.second();
  const socket = await second.open('/api/mcp/logs/stream?token=secret-a');
  const next = await crawl('a', '');
  await socket.until(says(next, /completed/));
  const messages = about(socket, next).map(({ message }) => message);
  expect(new Set(messages).size).toBe(messages.length);
  expect(messages[0]).toContain('started');
  socket.close();
});

test('a crawl that is started again is told as such, and nothing is told twice', async () => {
  const socket = await listen('a');
  const id = await crawled('a', '');
  await socket.until(says(id, /completed/));
  const again = await as('a').post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
  expect(again.status).toBe(202);
  await until('the second end', () => about(socket, id).filter(says(id, /completed/)).length === 2);
  expect(about(socket, id).map(({ message }) => String(message).split(' ')[2])).toEqual([
    'started',
    'fetches',
    'skipped',
    'completed:',
    'started',
    'fetches',
    'skipped',
    'completed:',
  ]);
  socket.close();
});

test("a client hears of its own crawls, ops of everybody's", async () => {
  const [ada, root] = await Promise.all([listen('a'), listen('o')]);
  const mine = await crawl('a', '');
  const yours = await crawl('b', '');
  await Promise.all([ada.until(says(mine, /completed/)), root.until(says(mine, /completed/))]);
  await root.until(says(yours, /completed/));
  expect(about(ada, yours)).toEqual([]);
  expect(JSON.stringify((await as('b').get('/api/mcp/logs?limit=1000')).body)).not.toContain(mine);
  expect(JSON.stringify((await as('b').get('/api/mcp/logs?limit=1000')).body)).toContain(yours);
  ada.close();
  root.close();
});

test("somebody else's crawl is unknown, its id taken, and its socket told nothing", async () => {
  const letGo = site.hold();
  const id = await crawl('a', '');
  const start = (name: string) => as(name).post('/api/knowledge-items/crawl', { url: site.url, progress_id: id });
  expect((await as('a').get(`/api/crawl-progress/${id}`)).status).toBe(200);
  expectError(await as('b').get(`/api/crawl-progress/${id}`), 404, 'progress_not_found');
  expectError(await as('b').post(`/api/knowledge-items/crawl/${id}/cancel`), 404, 'progress_not_found');
  expectError(await start('b'), 409, 'id_taken');
  const socket = await archon.open(`/api/crawl-progress/${id}?token=secret-b`);
  expect(dataOf(await socket.until(isConnected))).toEqual({ progressId: id, status: 'waiting' });
  expectError(await start('e'), 403, 'forbidden');
  expect((await as('o').get(`/api/crawl-progress/${id}`)).status).toBe(200);
  expect((await as('o').post(`/api/knowledge-items/crawl/${id}/cancel`)).status).toBe(202);
  letGo();
  await until('the end', async () => (await as('a').get(`/api/crawl-progress/${id}`)).body['status'] === 'error');
  expect(socket.frames).toHaveLength(1);
  socket.close();
});

test('the last 1,000 lines are kept (1)', async () => {
  const id = await crawled('a', 'many');
  const { body } = await as('o').get('/api/mcp/logs?limit=1000');
  const lines = body['logs'] as Frame[];
  expect(lines).toHaveLength(1_000);
  const times = lines.map(({ timestamp }) => String(timestamp));
  expect(times).toEqual(times.toSorted());
  const own = lines.map(({ message }) => String(message)).filter((message) => message.includes(id));
  expect(own.at(-1)).toContain('completed');
  expect(own[0]).not.toContain('started');
}, 90_000);
