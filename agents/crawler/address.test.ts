import { expect, test } from 'vitest';
import { isSameDomain, isSameSite, toAddress } from './address.ts';

test.each([
  ['http://Site.test:80/a/../b?q=1#part', 'http://site.test/b?q=1'],
  [' ../up ', 'http://base.test/up'],
  ['?q', 'http://base.test/dir/page?q'],
  ['/a?#part', 'http://base.test/a'],
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

test.each([
  ['http://site.test/', 'https://www.site.test:8443/a', true],
  ['http://site.co.uk/', 'http://docs.site.co.uk/', true],
  ['http://127.0.0.1:1/', 'http://127.0.0.1:2/', true],
  ['http://localhost:1/', 'http://localhost:2/', true],
  ['http://site.test/', 'http://site.test.evil.test/', false],
  ['http://site.test/', 'http://evilsite.test/', false],
  ['http://one.co.uk/', 'http://two.co.uk/', false],
  ['http://ada.github.io/', 'http://bob.github.io/', false],
  ['http://127.0.0.1/', 'http://127.0.0.2/', false],
  ['http://localhost/', 'http://127.0.0.1/', false],
  ['http://[::1]/', 'http://[::2]/', false],
  ['http://intranet/', 'http://intra/', false],
])('of %s and %s it is %s that they are of one domain', (one, other, isOne) => {
  expect(isSameDomain(one, other)).toBe(isOne);
  expect(isSameDomain(other, one)).toBe(isOne);
});
