import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crawlBodyBytes, crawlPagesMax } from '../../protocol/limits.ts';
import { readSitemap } from './sitemap.ts';

const at = 'http://site.test/sitemap.xml';
const read = (xml: string) => readSitemap(Buffer.from(xml), at);
const urlset = (entries: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</urlset>`;

describe('a sitemap', () => {
  test('lists pages: addresses are trimmed, unescaped, without fragment, each once', () => {
    const entries = `
      <url><loc> http://site.test/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod></url>
      <url><loc><![CDATA[http://site.test/b#part]]></loc></url><url><loc>http://site.test/b</loc></url>
      <url><loc>mailto:x@site.test</loc></url><url><lastmod>2026-01-01</lastmod></url>`;
    expect(read(urlset(entries))).toEqual({
      kind: 'urlset',
      addresses: ['http://site.test/a?x=1&y=2', 'http://site.test/b'],
    });
  });

  test('may carry a namespace prefix and images, whose addresses are not pages', () => {
    const xml = `<sm:urlset xmlns:sm="s" xmlns:image="i"><sm:url><image:image><image:loc>http://site.test/i.png</image:loc>
      </image:image><sm:loc>http://site.test/a</sm:loc></sm:url></sm:urlset>`;
    expect(read(xml)?.addresses).toEqual(['http://site.test/a']);
  });

  test('may be an index of sitemaps', () => {
    const xml = '<sitemapindex><sitemap><loc>http://site.test/s1.xml.gz</loc></sitemap></sitemapindex>';
    expect(read(xml)).toEqual({ kind: 'index', addresses: ['http://site.test/s1.xml.gz'] });
  });

  test('may be gzip, but not a bomb', () => {
    const xml = urlset('<url><loc>http://site.test/a</loc></url>');
    expect(readSitemap(gzipSync(xml), at)?.addresses).toEqual(['http://site.test/a']);
    expect(() => readSitemap(gzipSync(Buffer.alloc(crawlBodyBytes + 1)), at)).toThrow(/larger than/);
  });

  test('is read no further than a crawl can go', () => {
    const many = Array.from({ length: crawlPagesMax + 100 }, (_, n) => `<url><loc>http://site.test/${n}</loc></url>`);
    expect(read(urlset(many.join('')))?.addresses).toHaveLength(crawlPagesMax + 1);
  });

  test('that is broken gives what can be read of it', () => {
    expect(read('<urlset><url><loc>http://site.test/a</loc></url><url><loc>http://site')?.addresses).toContain(
      'http://site.test/a',
    );
  });

  test.each([
    ['a page about sitemaps', '<html><body>The element urlset and &lt;urlset&gt;</body></html>'],
    ['a feed', '<?xml version="1.0"?><rss><channel/></rss>'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => expect(read(text)).toBeNull());

  test('is never an exception, whatever the bytes, unless they unpack to nothing or too much', () => {
    const pieces = fc.constantFrom(
      '<urlset>',
      '<url>',
      '<loc>',
      '</loc>',
      'http://a.b/',
      '&x;',
      '<![CDATA[',
      ']]>',
      '<',
      '"',
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        read(`<urlset>${parts.join('')}`);
      }),
    );
  });
});
