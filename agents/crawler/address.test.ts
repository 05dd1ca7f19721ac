import { expect, test } from 'vitest';
import { isSameSite, toAddress } from './address.ts';

test.each([
  ['http://Site.test:80/a/../b?q=1#part', 'http://site.test/b?q=1'],
  [' ../up ', 'http://base.test/up'],
  ['?q', 'http://base.test/dir/page?q'],
  ['//other.test', 'http://other.test/'],
])('%s becomes %s', (href, address) => expect(toAddress(href, 'http://base.test/dir/page')).toBe(address));

test.each([
  'mailto:a@b.c',
  'javascript:x',
  'file:///etc/passwd',
  'http://',
  'http://u:p@site.test/',
  `/${'x'.repeat(2_000)}`,
])('a crawl does not follow %.40s', (href) => expect(toAddress(href, 'http://base.test/')).toBeNull());

test('a site is a host and a port, whatever the scheme says of them', () => {
  expect(isSameSite('http://site.test/a', 'http://site.test:80/b')).toBe(true);
  expect(isSameSite('https://site.test/', 'http://site.test:443/')).toBe(true);
  expect(isSameSite('https://site.test/', 'http://site.test/')).toBe(false);
  expect(isSameSite('http://www.site.test/', 'http://site.test/')).toBe(false);
});
