import { expect, test } from 'vitest';
import { isTooDeep } from './is-too-deep.ts';
import { logDepth } from './limits.ts';

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;

test('a value is too deep from the first level over the limit on, and never exhausts the stack', () => {
  expect(isTooDeep('text')).toBe(false);
  expect(isTooDeep(nested(logDepth))).toBe(false);
  expect(isTooDeep(nested(logDepth + 1))).toBe(true);
  expect(isTooDeep({ a: [1, nested(200_000)] })).toBe(true);
});
