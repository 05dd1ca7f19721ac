import { expect, it } from 'vitest';
import { groupSearch } from './group-search.ts';

const group = { code: 'agent_failed', step: 'a#1', build: 'b7', count: 3, example: 'x', lastAt: '' };

it('a group is the failed runs of its code, step and build, within the filter', () => {
  expect(groupSearch(group, { blueprint: 'crawl', status: 'running', tab: 'x' })).toEqual({
    status: 'failed',
    blueprint: 'crawl',
    code: 'agent_failed',
    step: 'a#1',
    build: 'b7',
  });
});

it('what a group does not have is not asked for', () => {
  expect(groupSearch({ ...group, step: null, build: null }, {})).toEqual({ status: 'failed', code: 'agent_failed' });
});
