import { describe, expect, test } from 'vitest';
import { assertPublicAddress, assertPublicTarget, guardedLookup, isPublicAddress } from './public-address.ts';

const publicOnes = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];
const others = [
  '127.0.0.1',
  '127.255.255.254',
  '10.1.1.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '192.0.0.1',
  '198.18.0.1',
  '192.0.2.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001::1',
  'fe80::1',
  'fec0::1',
  'fc00::1',
  'fd12::1',
  '2001:db8::1',
  'ff02::1',
  '100::1',
  '4000::1',
  'localhost',
  '',
];

describe('which addresses are public', () => {
  test.each(publicOnes)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  test.each(others)('"%s" is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  test.each(['http://127.0.0.1/', 'http://[::1]:8080/', 'http://0x7f.1/', 'http://2130706433/', 'http://localhost/'])(
    '%s is refused as a target before anything is fetched',
    async (url) => {
      await expect(assertPublicTarget(new URL(url))).rejects.toMatchObject({ code: 'target_forbidden' });
    },
  );

  test('the lookup of a socket refuses a name whose answer is loopback, in both forms of the call', async () => {
    const lookup = guardedLookup(assertPublicAddress);
    for (const all of [true, false]) {
      const error = await new Promise((done) => lookup('localhost', { all }, (refusal) => done(refusal)));
      expect(error).toMatchObject({ code: 'target_forbidden' });
    }
  });

  test('a name that does not resolve is the business of the crawl, not of the guard', async () => {
    await expect(assertPublicTarget(new URL('http://no-such-host.invalid/'))).resolves.toBeUndefined();
  });
});
