/** Starting, cancelling and polling crawls over HTTP: contract archon-crawl, sections 2, 4 and 5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import { dataOf, hasStatus, isCompleted, isConnected, isError, startArchon, type Archon } from './archon.ts';

let archon: Archon;
let site: Site;
beforeAll(async () => {
  [archon, site] = await Promise.all([startArchon(), startSite({ pages: 30 })]);
});
afterAll(async () => {
  await archon.stop();
  await site.stop();
});

const errorOf = (body: Record<string, unknown>) => (body['error'] as { code: string } | undefined)?.code;
const record = (id: string) => archon.api.get(`/api/crawl-progress/${id}`);
const cancel = (id: string) => archon.api.post(`/api/knowledge-items/crawl/${id}/cancel`);
const ended = (id: string) =>
  until('the end', async () => {
    const { body } = await record(id);
    return body['status'] === 'completed' || body['status'] === 'error' ? body : null;
  });

describe('a start', () => {
  test('without an id is given one, under which the crawl is found', async () => {
    const { status, body } = await archon.crawl({ url: site.url, max_pages: 1, max_depth: 0 });
    expect(status).toBe(202);
    expect(body).toEqual({
      success: true,
      progressId: expect.stringMatching(/^[\w.:-]+$/),
      message: expect.any(String),
    });
    expect(await ended(String(body['progressId']))).toMatchObject({ status: 'completed', processedPages: 1 });
  });

  test.each(['progress_id', 'progressId'])('takes the id as %s', async (key) => {
    const id = unique('cp');
    expect(await archon.crawl({ url: site.url, max_pages: 1, [key]: id })).toMatchObject({ body: { progressId: id } });
    await ended(id);
  });

  test.each<[string, Record<string, unknown>]>([
    ['no url', {}],
    ['no text as url', { url: 7 }],
    ['a url without a host', { url: 'http://' }],
    ['another scheme', { url: 'ftp://site.test/' }],
    ['no scheme', { url: 'site.test' }],
    ['a url that is too long', { url: `http://site.test/${'x'.repeat(2_000)}` }],
    ['a url with a password', { url: 'http://a:b@site.test/' }],
    ['an id that is none', { url: 'http://site.test/', progress_id: 'a b' }],
    ['an id that is too long', { url: 'http://site.test/', progressId: 'x'.repeat(129) }],
    ['two ids', { url: 'http://site.test/', progress_id: 'a', progressId: 'b' }],
    ['max_depth 11', { url: 'http://site.test/', max_depth: 11 }],
    ['max_depth -1', { url: 'http://site.test/', max_depth: -1 }],
    ['max_concurrent 0', { url: 'http://site.test/', max_concurrent: 0 }],
    ['max_concurrent 51', { url: 'http://site.test/', max_concurrent: 51 }],
    ['max_pages 0', { url: 'http://site.test/', max_pages: 0 }],
    ['max_pages 5001', { url: 'http://site.test/', max_pages: 5_001 }],
    ['a fraction of pages', { url: 'http://site.test/', max_pages: 1.5 }],
    ['tags that are no list', { url: 'http://site.test/', tags: 'a' }],
    ['a tag that is no text', { url: 'http://site.test/', tags: [1] }],
    ['a knowledge_type that is no text', { url: 'http://site.test/', knowledge_type: 1 }],
  ])('with %s is 422, in the shape of the contract', async (_what, body) => {
    const refused = await archon.crawl(body);
    expect(refused).toMatchObject({ status: 422, body: { error: { code: expect.any(String) } } });
    const { error, detail } = refused.body as { error: { message: string }; detail: string };
    expect(detail).toBe(error.message);
    expect(detail).toMatch(/./);
  });

  test('minds nothing that it does not know', async () => {
    const body = { url: site.url, max_pages: 1, extract_code_examples: true, update_frequency: 7 };
    const { status, body: reply } = await archon.crawl(body);
    expect(status).toBe(202);
    await ended(String(reply['progressId']));
  });

  test('under an id whose crawl is active is 409; when it has ended the same id begins anew', async () => {
    const id = unique('cp');
    const letGo = site.hold();
    await archon.crawl({ url: site.url, max_pages: 3, progress_id: id });
    const refused = await archon.crawl({ url: site.url, max_pages: 3, progress_id: id });
    expect(refused.status).toBe(409);
    expect(errorOf(refused.body)).toBe('progress_id_in_use');
    letGo();
    const first = await ended(id);
    expect(await archon.crawl({ url: `${site.url}page/1`, max_pages: 2, progress_id: id })).toMatchObject({
      status: 202,
    });
    const second = await until('the second end', async () => {
      const { body } = await record(id);
      return body['status'] === 'completed' && body['start_time'] !== first['start_time'] ? body : null;
    });
    expect(second).toMatchObject({ processedPages: 2, progressId: id });
    expect((second['logs'] as string[])[0]).toContain('page/1');
  });

  test('that two ask for at once under one id is one crawl', async () => {
    const id = unique('cp');
    const letGo = site.hold();
    const body = { url: site.url, max_pages: 2, progress_id: id };
    const replies = await Promise.all([archon.crawl(body), archon.crawl(body), archon.crawl(body)]);
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409]);
    letGo();
    await ended(id);
  });
});

describe('a cancel', () => {
  test('ends the crawl as an error "cancelled" with the last percentage, and its fetches stop', async () => {
    const id = unique('cp');
    const socket = await archon.open(`/api/crawl-progress/${id}`);
    await socket.until(isConnected);
    const letGo = site.hold();
    await archon.crawl({ url: site.url, progress_id: id });
    await socket.until(hasStatus('webpage'));
    expect(await cancel(id)).toMatchObject({ status: 202, body: { success: true, progressId: id } });
    const last = await socket.until(isError);
    expect(dataOf(last)).toMatchObject({ error: 'cancelled', status: 'error', percentage: 10, failedUrls: [] });
    letGo();
    expect(await socket.closed).toMatchObject({ code: 1000 });
    await expect.poll(() => site.open()).toBe(0);
    const again = await cancel(id);
    expect([again.status, errorOf(again.body)]).toEqual([409, 'crawl_ended']);
  });

  test('of an unknown or malformed id is 404', async () => {
    for (const id of [unique('no'), 'a%20b']) {
      const refused = await cancel(id);
      expect([refused.status, errorOf(refused.body)]).toEqual([404, 'progress_not_found']);
    }
  });
});

test('polling gets what the socket was told last, and 404 where there is nothing', async () => {
  const id = unique('cp');
  expect((await record(id)).status).toBe(404);
  expect((await record('a%20b')).status).toBe(404);
  const socket = await archon.open(`/api/crawl-progress/${id}`);
  await socket.until(isConnected);
  const letGo = site.hold();
  await archon.crawl({ url: site.url, max_pages: 4, progress_id: id });
  const told = await socket.until(hasStatus('webpage'));
  expect((await record(id)).body).toEqual(dataOf(told));
  letGo();
  expect((await ended(id))['chunksStored']).toBe(dataOf(await socket.until(isCompleted))['chunksStored']);
});

describe('who may', () => {
  const tokens = 'ada:client:secret-a,bob:client:secret-b,eve:human:secret-e,root:ops:secret-o';
  let closed: Archon;
  beforeAll(async () => {
    closed = await startArchon({ settings: { AUTH_TOKEN: tokens, CRAWL_ALLOW_PRIVATE: '0' }, worker: false });
  });
  afterAll(() => closed.stop());
  const as = (name: string) => new Api(closed.url, `secret-${name}`);

  test('a bad token is 401 on every address, in the shape of the contract and at the upgrade', async () => {
    const paths = ['/api/crawl-progress/x', '/api/mcp/logs', '/api/knowledge-items', '/api/knowledge-items/search?q=a'];
    for (const path of paths) {
      for (const api of [closed.api, new Api(closed.url, 'wrong')]) {
        const refused = await api.get(path);
        expect([refused.status, errorOf(refused.body)]).toEqual([401, 'unauthenticated']);
      }
    }
    for (const path of ['/api/crawl-progress/x', '/api/mcp/logs/stream', '/api/knowledge-items/stream']) {
      await expect(closed.open(path)).rejects.toThrow('401');
      await expect(closed.open(`${path}?token=wrong`)).rejects.toThrow('401');
      const socket = await closed.open(`${path}?token=secret-a`);
      socket.close();
    }
  });

  test.each([
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'http://[::1]/',
    'http://10.0.0.1/',
    'http://169.254.169.254/',
  ])('a crawl of the private %s is 403 where that is not allowed', async (url) => {
    const refused = await as('a').post('/api/knowledge-items/crawl', { url });
    expect([refused.status, errorOf(refused.body)]).toEqual([403, 'target_forbidden']);
  });

  test("somebody else's crawl is unknown, and its id taken", async () => {
    const id = unique('cp');
    const start = (name: string) =>
      as(name).post('/api/knowledge-items/crawl', { url: 'http://192.88.99.1.invalid/', progress_id: id });
    expect((await start('a')).status).toBe(202);
    expect((await as('a').get(`/api/crawl-progress/${id}`)).status).toBe(200);
    expect((await as('b').get(`/api/crawl-progress/${id}`)).status).toBe(404);
    expect((await as('b').post(`/api/knowledge-items/crawl/${id}/cancel`)).status).toBe(404);
    const taken = await start('b');
    expect([taken.status, errorOf(taken.body)]).toEqual([409, 'id_taken']);
    const socket = await closed.open(`/api/crawl-progress/${id}?token=secret-b`);
    expect(dataOf(await socket.until(isConnected))).toEqual({ progressId: id, status: 'waiting' });
    expect((await start('e')).status).toBe(403);
    expect((await as('o').get(`/api/crawl-progress/${id}`)).status).toBe(200);
    expect((await as('o').post(`/api/knowledge-items/crawl/${id}/cancel`)).status).toBe(202);
    expect(socket.frames).toHaveLength(1);
    socket.close();
  });
});
