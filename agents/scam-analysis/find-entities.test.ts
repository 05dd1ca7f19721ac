import { describe, expect, test } from 'vitest';
import { scamEntitiesPerKind } from '../../protocol/limits.ts';
import { findEntities } from './find-entities.ts';
import { busyMs } from '../../test/harness/busy.ts';

const phones = (text: string) => findEntities(text).phones;
const urls = (text: string) => findEntities(text).urls;

describe('phone numbers', () => {
  test.each([
    ['Call +1 (900) 555-0147 now', ['+19005550147']],
    ['202-555-0114 or 2025550115', ['+12025550114', '+12025550115']],
    ['2025550114 2025550115', ['+12025550114', '+12025550115']],
    ['+449001234567 and +61 190 123 456', ['+449001234567', '+61190123456']],
    ['1-800-555-0196', ['+18005550196']],
    ['local 555.0114', ['+5550114']],
    ['(202) 555.0114 for 99', ['+12025550114']],
    ['+1 976 555 0123', ['+19765550123']],
    ['twice +12025550114, 202 555 0114', ['+12025550114']],
  ])('%s', (text, expected) => {
    expect(phones(text)).toEqual(expected);
  });

  test.each([
    'card 4111 1111 1111 1111',
    'on 2026-01-05 or 05.01.2026',
    'host 192.168.100.200',
    'order A1234567890',
    '1234567890123456',
    'code 123456',
    'http://x.example/2025550114',
  ])('none in: %s', (text) => {
    expect(phones(text)).toEqual([]);
  });
});

describe('addresses', () => {
  test.each([
    ['see http://x.example/.', ['http://x.example/']],
    ['(https://a.test/b_(c))', ['https://a.test/b_(c)']],
    ['go to PayPal-Login.xyz/verify, now', ['PayPal-Login.xyz/verify']],
    ['bit.ly/abc and bit.ly/abc', ['bit.ly/abc']],
    ['Thanks.My friend', []],
    ['read notes.txt or v1.2.3', []],
    ['mail ann@corp.test', []],
  ])('%s', (text, expected) => {
    expect(urls(text)).toEqual(expected);
  });

  test('give their hosts as domains, once, lower case, in order of appearance with those of mails', () => {
    const text = 'mail Bob@Shop.example, see HTTPS://WWW.Bank.test/a and www.bank.test/b, or carl@gmail.com';
    expect(findEntities(text)).toEqual({
      phones: [],
      urls: ['HTTPS://WWW.Bank.test/a', 'www.bank.test/b'],
      domains: ['shop.example', 'www.bank.test'],
      emails: ['bob@shop.example', 'carl@gmail.com'],
    });
  });

  test('of figures, with users and with foreign letters have the host that a browser would go to', () => {
    const text = 'http://192.168.0.1/x http://paypal.com@evil.test/ http://p\u0430ypal.test/';
    expect(findEntities(text).domains).toEqual(['192.168.0.1', 'evil.test', 'xn--pypal-4ve.test']);
  });
});

test('at most twenty of a kind are taken', () => {
  const text = Array.from(
    { length: 30 },
    (_, index) => `http://h${index}.test/ +120255501${String(index).padStart(2, '0')}`,
  );
  const { urls: found, domains, phones: numbers } = findEntities(text.join(' '));
  expect([found.length, domains.length, numbers.length]).toEqual(Array.from({ length: 3 }, () => scamEntitiesPerKind));
});

test('the longest message is read in a moment, whatever it is made of', () => {
  for (const piece of ['1', '1-', '+1 ', 'a.', 'a@', '(1)', 'http://', '1234567 ', 'a-', 'x.test ']) {
    const begun = performance.now();
    findEntities(piece.repeat(20_000 / piece.length));
    expect(performance.now() - begun, piece).toBeLessThan(2_000 + busyMs);
  }
});
