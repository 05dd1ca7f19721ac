import { expect, test } from 'vitest';
import { placeOfOurs } from './place-of-ours.ts';

test.each([
  ['/runs/crawl-1?seq=3', '/runs/crawl-1?seq=3'],
  [undefined, '/'],
  ['', '/'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['https://evil.test/', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?back=/runs', '/'],
])('after signing in with back=%j one is at %s', (back, place) => {
  expect(placeOfOurs(back)).toBe(place);
});
