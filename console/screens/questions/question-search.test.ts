import { expect, it } from 'vitest';
import { neighbour, openQuestionOf } from './question-search.ts';

it.each([
  ['crawl-1/q-7', { run: 'crawl-1', id: 'q-7' }],
  ['ki:a/b/q-7', { run: 'ki:a/b', id: 'q-7' }],
  ['crawl-1', null],
  ['/q-1', null],
  ['crawl-1/', null],
])('?question=%s', (question, open) => {
  expect(openQuestionOf({ question })).toEqual(open);
});

it('nothing is open without it', () => {
  expect(openQuestionOf({})).toBeNull();
});

it('the next and the previous stay within the list', () => {
  const keys = ['a', 'b', 'c'];
  expect(neighbour(keys, 'a', 1)).toBe('b');
  expect(neighbour(keys, 'c', 1)).toBe('c');
  expect(neighbour(keys, 'a', -1)).toBe('a');
  expect(neighbour(keys, null, 1)).toBe('a');
  expect(neighbour(keys, 'gone', -1)).toBe('c');
  expect(neighbour([], null, 1)).toBeNull();
});
