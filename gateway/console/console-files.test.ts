import { expect, test } from 'vitest';
import { chooseEncoding, consoleFile, type ConsoleFile } from './console-files.ts';

const bytes = new Uint8Array();
const whole: ConsoleFile = { type: 'text/css', etag: '"a"', encodings: { identity: bytes, br: bytes, gzip: bytes } };
const plain: ConsoleFile = { ...whole, encodings: { identity: bytes } };

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['GZIP', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['br;q=0.000', 'identity'],
  ['', 'identity'],
  ['*', 'identity'],
])('to a browser that takes %j goes %s', (accepted, encoding) => {
  expect(chooseEncoding(whole, accepted)).toBe(encoding);
  expect(chooseEncoding(plain, accepted)).toBe('identity');
});

test.each(['../index.html', '..', '.', '', 'a/b.js', '/etc/passwd', '.sources', 'nobody-has-built-this.js'])(
  'there is no file %j',
  async (name) => {
    expect(await consoleFile(name)).toBeNull();
  },
);
