/** Who is let in, and what may be crawled where private addresses may not: contract archon-crawl, sections 1, 2 and 5. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../../fixtures/site.ts';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { expectError, isConnected, isError, startArchon, dataOf, type Archon } from './archon.ts';

let archon: Archon;
let site: Site;
beforeAll(async () => {
  const settings = { AUTH_TOKEN: `${unique('ada')}:client:secret-a`, CRAWL_ALLOW_PRIVATE: '0' };
  [archon, site] = await Promise.all([startArchon(settings), startSite({ pages: 2 })]);
});
afterAll(async () => {
  await archon.stop();
  await site.stop();
});

describe('a token', () => {
  const requests: [method: string, path: string][] = [
    ['GET', '/api/crawl-progress/x'],
    ['POST', '/api/knowledge-items/crawl'],
    ['POST', '/api/knowledge-items/crawl/x/cancel'],
    ['GET', '/api/mcp/logs'],
    ['GET', '/api/knowledge-items'],
    ['GET', '/api/knowledge-items/search?q=a'],
    ['DELETE', '/api/knowledge-items/src-1'],
  ];

  test.each(requests)('that is missing or wrong is 401: %s %s (5)', async (method, path) => {
    for (const api of [archon.api, new Api(archon.url, 'wrong')])
      expectError(await api.call(method, path), 401, 'unauthenticated');
  });

  test.each(requests)('is taken from the header and from the query: %s %s (2)', async (method, path) => {
    const queried = `${path}${path.includes('?') ? '&' : '?'}token=secret-a`;
    const [byHeader, byQuery] = [await archon.as('a').call(method, path), await archon.api.call(method, queried)];
    expect(byHeader.status).not.toBe(401);
    expect([byQuery.status, byQuery.body]).toEqual([byHeader.status, byHeader.body]);
  });

  test.each(['/api/crawl-progress/x', '/api/mcp/logs/stream', '/api/knowledge-items/stream'])(
    'that is missing or wrong opens no socket, a right one does: %s (5)',
    async (path) => {
      await expect(archon.open(path)).rejects.toThrow('401');
      await expect(archon.open(`${path}?token=wrong`)).rejects.toThrow('401');
      (await archon.open(`${path}?token=secret-a`)).close();
    },
  );
});

describe('a private address', () => {
  test.each([
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'http://[::1]/',
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f000001/',
  ])('is 403, and no crawl begins: %s (2)', async (url) => {
    const id = unique('cp');
    expectError(
      await archon.as('a').post('/api/knowledge-items/crawl', { url, progress_id: id }),
      403,
      'target_forbidden',
    );
    expectError(await archon.as('a').get(`/api/crawl-progress/${id}`), 404, 'progress_not_found');
  });

  test.each(['', 'sitemap.xml'])(
    'is refused by the crawler itself, however it was told of it: /%s (1)',
    async (path) => {
      const id = unique('native');
      const socket = await archon.open(`/api/crawl-progress/${id}?token=secret-a`);
      await socket.until(isConnected);
      const start = { blueprint: 'crawl', id, input: { url: site.url + path } };
      expect((await archon.as('a').post('/v1/runs', start)).status).toBe(201);
      expect(dataOf(await socket.until(isError))['error']).toContain('is not a public address');
      expect(site.allHits().size).toBe(0);
      socket.close();
    },
  );
});
