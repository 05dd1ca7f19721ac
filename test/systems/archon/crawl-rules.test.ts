/** What is fetched, and what becomes of it: contract archon-crawl, section 1, crawl rules. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Site, type SiteAnswer, type SiteOptions, startSite } from '../../fixtures/site.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { dataOf, isCompleted, isError, startArchon, updates, type Archon } from './archon.ts';

let archon: Archon;
/** A crawl of everything that goes wrong: two of its pages take 10 s, so it begins first and is looked at last. */
let faulty: { site: Site; id: string };
const sites: Site[] = [];
beforeAll(async () => {
  archon = await startArchon();
  const site = await serve({ pages: 3, faults: true });
  const id = unique('cp');
  await archon.crawl({ url: site.url, progress_id: id, max_concurrent: 50 });
  faulty = { site, id };
});
afterAll(async () => {
  await archon.stop();
  await Promise.all(sites.map((site) => site.stop()));
});

async function serve(options: SiteOptions = {}): Promise<Site> {
  const site = await startSite(options);
  sites.push(site);
  return site;
}

async function crawled(url: string, more: Record<string, unknown> = {}) {
  const id = unique('cp');
  const socket = await archon.watch(id);
  expect((await archon.crawl({ url, progress_id: id, ...more })).status).toBe(202);
  const last = await socket.until((frame) => isCompleted(frame) || isError(frame), 30_000);
  socket.close();
  return { id, data: dataOf(last), type: last['type'], seen: updates(socket) };
}

const page =
  (text: string, type = 'text/html'): SiteAnswer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);
const moved =
  (location: string): SiteAnswer =>
  (_request, response) =>
    void response.writeHead(302, { location }).end();
const linksTo = (...paths: string[]) => page(paths.map((path) => `<a href="${path}">${path}</a>`).join(' '));
const chunksOf = async (query: string, url: string) => {
  const { body } = await archon.api.get(`/api/knowledge-items/search?q=${query}&limit=100`);
  return (body['results'] as Frame[]).filter((hit) => String(hit['url']).startsWith(url)).map((hit) => hit['chunk']);
};

test('without other wishes a crawl is 10 fetches at once, 200 pages and 3 links deep', async () => {
  const wide = await serve({ pages: 230, fanout: 229, delayMs: 20 });
  const { data } = await crawled(wide.url);
  expect(data).toMatchObject({ status: 'completed', totalPages: 200, processedPages: 200 });
  expect(wide.peak()).toBe(10);
  const deep = await serve({ pages: 8, fanout: 1 });
  expect((await crawled(deep.url)).data).toMatchObject({ totalPages: 4 });
  expect(deep.hits('/page/3')).toBe(1);
  expect(deep.hits('/page/4')).toBe(0);
}, 40_000);

test('goes breadth first', async () => {
  const site = await serve({ pages: 13, fanout: 3 });
  const { seen } = await crawled(site.url, { max_concurrent: 1 });
  const order = [
    ...new Set(seen.filter((data) => Number(data['processedPages']) > 0).map((data) => data['currentUrl'])),
  ];
  expect(order.slice(0, 13)).toEqual(
    Array.from({ length: 13 }, (_, n) => (n === 0 ? site.url : `${site.url}page/${n}`)),
  );
});

test('stays on host and port, drops fragments, and fetches each address once', async () => {
  const other = await serve({ pages: 1 });
  const site = await serve({
    pages: 0,
    answers: {
      '/': linksTo(
        '/a',
        '/a#part',
        '#top',
        './a',
        other.url,
        'http://localhost:1/',
        'mailto:a@b.test',
        'ftp://a.test/',
      ),
      '/a': linksTo('/', '/#again', '/a?', '/a', '/a?b'),
      '/a?b': page('<p>another address</p>'),
    },
  });
  expect((await crawled(site.url)).data).toMatchObject({ totalPages: 3, processedPages: 3, failedUrls: [] });
  expect([...site.allHits().values()].every((hits) => hits === 1)).toBe(true);
  expect(other.allHits().size).toBe(0);
});

test('follows indexes of sitemaps two levels, packed ones too, and no link of their pages', async () => {
  const xml =
    (element: string, entry: string, paths: string[], pack: (text: string) => string | Buffer = String): SiteAnswer =>
    ({ headers }, response) => {
      const entries = paths.map((path) => `<${entry}><loc>http://${headers.host}${path}</loc></${entry}>`).join('');
      const text = `<${element} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</${element}>`;
      response.writeHead(200, { 'content-type': 'application/xml' }).end(pack(text));
    };
  const site = await serve({
    pages: 0,
    answers: {
      '/sitemap.xml': xml('sitemapindex', 'sitemap', ['/one.xml']),
      '/one.xml': xml('sitemapindex', 'sitemap', ['/two.xml.gz', '/deep.xml']),
      '/two.xml.gz': xml('urlset', 'url', ['/a', '/b'], gzipSync),
      '/deep.xml': xml('sitemapindex', 'sitemap', ['/too-deep.xml']),
      '/too-deep.xml': xml('urlset', 'url', ['/never']),
      '/a': linksTo('/c'),
      '/b': page('<p>b</p>'),
    },
  });
  const { data } = await crawled(`${site.url}sitemap.xml`);
  expect(data).toMatchObject({ status: 'completed', totalPages: 2, processedPages: 2, failedUrls: [] });
  expect(site.hits('/deep.xml')).toBe(1);
  for (const path of ['/too-deep.xml', '/never', '/c']) expect(site.hits(path)).toBe(0);
});

test('follows five redirects, and not the sixth', async () => {
  const hops = Array.from({ length: 6 }, (_, n): [string, SiteAnswer] => [`/hop/${n}`, moved(`/hop/${n + 1}`)]);
  const site = await serve({
    pages: 0,
    answers: { '/': linksTo('/hop/0', '/five/1'), ...Object.fromEntries(hops), '/hop/6': page('<p>too far</p>') },
  });
  const five = await serve({
    pages: 0,
    answers: { '/': linksTo('/hop/1'), ...Object.fromEntries(hops), '/hop/6': page('<p>near enough</p>') },
  });
  expect((await crawled(site.url)).data['failedUrls']).toContain(`${site.url}hop/0`);
  expect(site.hits('/hop/6')).toBe(0);
  expect((await crawled(five.url)).data).toMatchObject({ failedUrls: [], processedPages: 2 });
});

test('a first page that redirects moves the crawl within its host or domain, and ends it elsewhere', async () => {
  const target = await serve({ pages: 3 });
  const near = await serve({ pages: 3, answers: { '/': moved(target.url) } });
  expect((await crawled(near.url)).data).toMatchObject({ status: 'completed', processedPages: 3 });
  expect(target.hits('/page/1')).toBe(1);
  const elsewhere = await startSite({ pages: 3, host: '127.0.0.2' });
  sites.push(elsewhere);
  const far = await serve({ pages: 3, answers: { '/': moved(elsewhere.url) } });
  const { data } = await crawled(far.url);
  expect(data).toMatchObject({ status: 'error', failedUrls: [far.url] });
  expect(data['error']).toContain(`redirected to ${elsewhere.url}, which is another site`);
  expect(elsewhere.allHits().size).toBe(0);
});

test('a page becomes its title, headings, paragraphs, lists and code, without scripts, styles and navigation', async () => {
  const word = unique('ibis').replaceAll('-', '');
  const html = `<title>${word} title</title><style>.${word}style{}</style><nav>${word}nav</nav>
    <h1>${word} heading</h1><p>${word} paragraph</p><ul><li>${word} item</li></ul><pre><code>${word} code</code></pre>
    <script>${word}script</script>`;
  const site = await serve({ pages: 0, answers: { '/': page(html) } });
  await crawled(site.url);
  const [chunk] = await chunksOf(word, site.url);
  for (const part of ['heading', 'paragraph', 'item', 'code']) expect(chunk).toContain(`${word} ${part}`);
  for (const part of ['style', 'nav', 'script']) {
    expect(chunk).not.toContain(`${word}${part}`);
    expect(await chunksOf(`${word}${part}`, site.url)).toEqual([]);
  }
  const { body } = await archon.api.get('/api/knowledge-items');
  expect((body['items'] as Frame[]).find(({ url }) => url === site.url)).toMatchObject({ title: `${word} title` });
});

test('a long page is cut into chunks of at most 5,000 characters, at blank lines, and nothing of it is lost', async () => {
  const word = unique('stork').replaceAll('-', '');
  const paragraphs = Array.from({ length: 40 }, (_, n) => `${word} n${n}. ${'Storks stand still. '.repeat(40)}`.trim());
  const site = await serve({ pages: 0, answers: { '/': page(paragraphs.join('\n\n'), 'text/plain') } });
  const { data } = await crawled(site.url);
  const chunks = (await chunksOf(word, site.url)).map(String);
  expect(chunks.length).toBe(data['chunksStored']);
  expect(chunks.length).toBeGreaterThan(6);
  for (const chunk of chunks) {
    expect(chunk.length).toBeLessThanOrEqual(5_000);
    expect(chunk.startsWith(word) && chunk.endsWith('still.')).toBe(true);
  }
  const found = chunks.flatMap((chunk) => chunk.split('\n\n'));
  expect(found.toSorted()).toEqual(paragraphs.toSorted());
});

test('pages that fail, are slow, too large or lead away count, stand in failedUrls, are warned of, and stop nothing', async () => {
  const { site, id } = faulty;
  const record = await until(
    'the end',
    async () => {
      const { body } = await archon.api.get(`/api/crawl-progress/${id}`);
      return body['status'] === 'completed' ? body : null;
    },
    40_000,
  );
  const failed =
    'missing error silent trickle reset large bomb broken-gzip loop hop/0 to-elsewhere to-private to-file to-metadata'
      .split(' ')
      .map((name) => `${site.url}fault/${name}`);
  expect((record['failedUrls'] as string[]).toSorted()).toEqual(failed.toSorted());
  expect(record['processedPages']).toBe(record['totalPages']);
  const { body } = await archon.api.get('/api/mcp/logs?limit=1000');
  const warned = (body['logs'] as Frame[])
    .filter(({ level, message }) => level === 'WARNING' && String(message).startsWith(`crawl ${id} `))
    .map(({ message }) => String(message));
  for (const url of failed) expect(warned.filter((message) => message.includes(`${url}: `))).toHaveLength(1);
  expect(warned).toContain(`crawl ${id} could not fetch ${site.url}fault/silent: no whole page within 10000 ms`);
  // Of another type: nothing failed, and nothing is stored.
  expect(site.hits('/fault/image')).toBe(1);
  expect(await chunksOf('packed', site.url)).toHaveLength(3);
}, 60_000);
