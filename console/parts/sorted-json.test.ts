import { expect, test } from 'vitest';
import { isSame, sortedJson } from './sorted-json.ts';

test('equal values are equal texts', () => {
  expect(sortedJson({ b: [{ d: 1, c: 2 }], a: 0 })).toBe('{"a":0,"b":[{"c":2,"d":1}]}');
  expect(sortedJson(undefined)).toBe('');
  expect(isSame({ a: 1, b: [1, 2] }, { b: [2, 1], a: 1 })).toBe(false);
});
