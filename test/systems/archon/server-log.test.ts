/** The log stream over the real engine: contract archon-crawl, section 3. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { Api } from '../../harness/gateway.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import { startArchon, type Archon } from './archon.ts';

let archon: Archon;
let site: Site;
const missing = Array.from({ length: 60 }, (_, n) => `/missing/${n}`);
beforeAll(async () => {
  site = await startSite({
    pages: 3,
    answers: {
      '/holes': (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(missing.map((path) => `<a href="${path}">${path}</a>`).join(' ')),
    },
  });
  archon = await startArchon({
    settings: { AUTH_TOKEN: `${unique('ada')}:client:secret-a,${unique('bob')}:client:secret-b,root:ops:secret-o` },
  });
});
afterAll(async () => {
  await archon.stop();
  await site.stop();
});

const as = (name: string) => new Api(archon.url, `secret-${name}`);
const listen = (name: string) => archon.open(`/api/mcp/logs/stream?token=secret-${name}`);
const about = (socket: TestSocket, id: string) => socket.frames.filter(({ message }) => String(message).includes(id));
const says = (id: string, what: RegExp) => (frame: Frame) =>
  String(frame['message']).includes(id) && what.test(String(frame['message']));

async function crawl(name: string, path: string): Promise<string> {
  const id = unique('cp');
  const body = { url: site.url + path, progress_id: id, max_pages: 100 };
  expect((await as(name).post('/api/knowledge-items/crawl', body)).status).toBe(202);
  return id;
}

async function crawled(name: string, path: string): Promise<string> {
  const id = await crawl(name, path);
  await until('the end', async () => {
    const { body } = await as(name).get(`/api/crawl-progress/${id}`);
    return body['status'] === 'completed';
  });
  return id;
}

test('a socket hears of the start, of what fails and of the end, as bare lines', async () => {
  const socket = await listen('a');
  const id = await crawl('a', 'holes');
  await socket.until(says(id, /completed/));
  const lines = about(socket, id);
  expect(lines[0]).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
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
  expect((await as('a').get('/api/mcp/logs?limit=1001')).status).toBe(422);
  const next = await crawl('a', '');
  await socket.until(says(next, /completed/));
  expect(about(socket, next).length).toBeGreaterThanOrEqual(3);
  socket.close();
});

test('another gateway, and one that has begun only now, tell the same lines', async () => {
  const id = await crawled('a', '');
  const second = await archon.second();
  const [there, here] = await Promise.all(
    [archon.url, second.url].map(async (url) => (await new Api(url, 'secret-a').get('/api/mcp/logs')).body['logs']),
  );
  expect(there).toEqual(here);
  expect(JSON.stringify(here)).toContain(id);
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
