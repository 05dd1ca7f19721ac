import { expect, test } from 'vitest';
import { crawlPagesMax, crawlSitemapFilesMax } from '../../protocol/limits.ts';
import { FetchFault } from './fetch-fault.ts';
import type { Sitemap } from './sitemap.ts';
import { walkSitemap } from './sitemap-walk.ts';

const index = (...addresses: string[]): Sitemap => ({ kind: 'index', addresses });
const urlset = (...addresses: string[]): Sitemap => ({ kind: 'urlset', addresses });

function walk(first: Sitemap, files: Record<string, Sitemap | null>) {
  const asked: string[] = [];
  const walked = walkSitemap('root', first, async (url) => {
    asked.push(url);
    const file = files[url];
    if (file === undefined) throw new FetchFault('http_status', 'the server answered 404', 404);
    return file;
  });
  return walked.then((result) => ({ ...result, asked }));
}

test('indexes are followed two levels down, and no further', async () => {
  const { addresses, asked } = await walk(index('one'), {
    one: index('two', 'pages-a'),
    two: index('three'),
    'pages-a': urlset('a'),
    three: urlset('never'),
  });
  expect(asked).toEqual(['one', 'two', 'pages-a']);
  expect(addresses).toEqual(['a']);
});

test('a circle of indexes ends, and each is read once', async () => {
  const { addresses, asked } = await walk(index('one', 'root', 'one'), {
    one: index('root', 'one', 'pages'),
    pages: urlset('a', 'a'),
  });
  expect(asked).toEqual(['one', 'pages']);
  expect(addresses).toEqual(['a']);
});

test('a sitemap that fails, or is none, is told of and left out', async () => {
  const { addresses, events } = await walk(index('gone', 'page', 'good'), { page: null, good: urlset('a') });
  expect(addresses).toEqual(['a']);
  expect(events.map(({ data }) => data)).toEqual([
    { url: 'root', addresses: 3 },
    { url: 'gone', reason: 'http_status', message: 'the server answered 404' },
    { url: 'page', reason: 'unreadable', message: 'it is no sitemap' },
    { url: 'good', addresses: 1 },
  ]);
});

test('it stops when there are more addresses than any crawl may have, and reads a bounded number of files', async () => {
  const many = Array.from({ length: crawlPagesMax + 1 }, (_, n) => `p${n}`);
  const { addresses, asked } = await walk(index('full', 'full2', 'after'), {
    full: urlset(...many),
    full2: urlset('x'),
    after: urlset('y'),
  });
  expect(addresses).toHaveLength(crawlPagesMax + 1);
  expect(asked).toEqual(['full', 'full2', 'after']);
  const files = Array.from({ length: crawlSitemapFilesMax + 50 }, (_, n) => `s${n}`);
  const bounded = await walk(index(...files), Object.fromEntries(files.map((file) => [file, urlset()])));
  expect(bounded.asked.length).toBeLessThan(crawlSitemapFilesMax);
});

test('an error that is no fault of a page ends it', async () => {
  const failing = walkSitemap('root', index('one'), () => Promise.reject(new Error('cancelled')));
  await expect(failing).rejects.toThrow('cancelled');
});
