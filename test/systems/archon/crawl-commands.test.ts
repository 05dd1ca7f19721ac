/** Starting, cancelling and polling crawls over HTTP: contract archon-crawl, sections 2, 4 and 5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import {
  dataOf,
  expectError,
  hasStatus,
  isCompleted,
  isConnected,
  isError,
  startArchon,
  type Archon,
} from './archon.ts';

let archon: Archon;
let site: Site;
beforeAll(async () => {
  [archon, site] = await Promise.all([startArchon(), startSite({ pages: 30 })]);
});
afterAll(async () => {
  await archon.stop();
  await site.stop();
});

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
    expectError(await archon.crawl(body), 422, 'invalid_request');
  });

  test.each<[string, Record<string, unknown>]>([
    ['the most of everything', { max_depth: 10, max_concurrent: 50, max_pages: 5_000 }],
    ['the least of everything', { max_depth: 0, max_concurrent: 1, max_pages: 1 }],
    ['an address of 2,000 characters', { url: 2_000 }],
    ['an id of all that one may have', { progress_id: `A.b_c:d-${unique('9')}` }],
    ['an id of 128 characters', { progress_id: unique('x').padEnd(128, 'y') }],
  ])('with %s is taken', async (_what, { url, ...more }) => {
    const address = url === undefined ? site.url : site.url.padEnd(Number(url), 'z');
    const { status, body } = await archon.crawl({ url: address, max_pages: 2, ...more });
    expect(status).toBe(202);
    if (more['progress_id'] !== undefined) expect(body['progressId']).toBe(more['progress_id']);
    const { totalPages } = await ended(String(body['progressId']));
    expect(totalPages).toBe({ 5_000: 30, 1: 1 }[String(more['max_pages'])] ?? (url === undefined ? 2 : 1));
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
    expectError(refused, 409, 'progress_id_in_use');
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
    expectError(await cancel(id), 409, 'crawl_ended');
  });

  test('of an unknown or malformed id is 404', async () => {
    for (const id of [unique('no'), 'a%20b']) {
      expectError(await cancel(id), 404, 'progress_not_found');
    }
  });
});

test('polling gets what the socket was told last, and 404 where there is nothing', async () => {
  const id = unique('cp');
  expectError(await record(id), 404, 'progress_not_found');
  expectError(await record('a%20b'), 404, 'progress_not_found');
  const socket = await archon.open(`/api/crawl-progress/${id}`);
  await socket.until(isConnected);
  const letGo = site.hold();
  await archon.crawl({ url: site.url, max_pages: 4, progress_id: id });
  const told = await socket.until(hasStatus('webpage'));
  expect((await record(id)).body).toEqual(dataOf(told));
  letGo();
  expect((await ended(id))['chunksStored']).toBe(dataOf(await socket.until(isCompleted))['chunksStored']);
});
