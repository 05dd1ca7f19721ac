import { expect, test } from 'vitest';
import { matches } from './install-missing.mjs';

const entry = (version: string, more: object = {}): object => ({ version, integrity: `sha512-${version}`, ...more });
const locked = {
  '': {},
  'node_modules/a': entry('1.0.0'),
  'node_modules/b': entry('2.0.0', { dev: true }),
  'node_modules/c': entry('3.0.0', { optional: true }),
};
const everything = { production: false };

test('what is installed as it is locked is left alone; other platforms may be missing', () => {
  const { 'node_modules/c': _, ...withoutOptional } = locked;
  expect(matches(locked, locked, everything)).toBe(true);
  expect(matches(locked, withoutOptional, everything)).toBe(true);
});

test('another version, other contents, or nothing at all is not it', () => {
  expect(matches(locked, { ...locked, 'node_modules/a': entry('1.0.1') }, everything)).toBe(false);
  expect(matches(locked, { ...locked, 'node_modules/a': { ...entry('1.0.0'), integrity: 'x' } }, everything)).toBe(
    false,
  );
  expect(matches(locked, { ...locked, 'node_modules/c': entry('3.0.1') }, everything)).toBe(false);
  expect(matches(locked, {}, everything)).toBe(false);
});

test('development packages may be missing where nothing is developed', () => {
  const { 'node_modules/b': _, ...withoutDevelopment } = locked;
  expect(matches(locked, withoutDevelopment, { production: true })).toBe(true);
  expect(matches(locked, withoutDevelopment, everything)).toBe(false);
});
