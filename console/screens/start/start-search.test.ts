import { expect, it } from 'vitest';
import { sortBlueprints } from './sort-blueprints.ts';
import { inputOf, startSearch } from './start-search.ts';

it('an input goes through an address and comes back', () => {
  const input = { url: 'https://a.test/?x=1&y=ä', tags: [] };
  const search = startSearch(input, 'r');
  expect(inputOf(search as Record<string, string>)).toEqual({ input });
});

it('one that is too large for an address is taken from its run', () => {
  expect(startSearch({ text: 'ä'.repeat(1_000) }, 'crawl-1')).toEqual({ like: 'crawl-1' });
});

it('an address without input fills nothing in, and one with a broken input says so', () => {
  expect(inputOf({})).toEqual({});
  expect(inputOf({ input: '{"a":' })).toEqual({ fault: 'a value is missing at the end' });
});

it('blueprints that can be started come first, and those for operators stand apart', () => {
  const blueprint = (name: string, more: object) => ({
    name,
    description: '',
    inputSchema: {},
    example: null,
    available: true,
    ...more,
  });
  const sorted = sortBlueprints([
    blueprint('b', {}),
    blueprint('a', { available: false }),
    blueprint('baton-bulk', { role: 'ops' }),
    blueprint('c', {}),
  ]);
  expect(sorted.forAll.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  expect(sorted.forOps.map(({ name }) => name)).toEqual(['baton-bulk']);
});
