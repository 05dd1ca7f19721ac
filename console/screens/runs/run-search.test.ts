import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filterPart, lineOf, readLine, readSearch, toggledStatus } from './run-search.ts';

it('reads the keys of the gateway from an address, and nothing else', () => {
  const search = { status: 'failed,stuck', waiting: 'true', ids: 'a,b', 'attr.host': 'x', tab: 'events', owner: '' };
  expect(readSearch(search)).toEqual({
    filter: { status: ['failed', 'stuck'], waiting: true, ids: ['a', 'b'], 'attr.host': 'x' },
    faults: [],
  });
});

it('says what is wrong with a value, and goes by the rest', () => {
  const { filter, faults } = readSearch({ status: 'lost', startedAfter: 'yesterday', waiting: 'so', code: 'x' });
  expect(filter).toEqual({ code: 'x' });
  expect(faults.map((fault) => fault.split(':')[0])).toEqual(['status', 'waiting', 'startedAfter']);
});

it('the same filter is the same text, however it was put together', () => {
  const [one, other] = [
    { code: 'c', 'attr.b': '2', 'attr.a': '1', status: 'failed' },
    { status: 'failed', code: 'c' },
  ];
  expect(JSON.stringify(filterPart(one))).toBe('{"status":"failed","code":"c","attr.a":"1","attr.b":"2"}');
  expect(JSON.stringify(filterPart(other))).toBe('{"status":"failed","code":"c"}');
});

it('takes a line as the command line does, and a word alone as what an id begins with', () => {
  expect(readLine('status=failed step=codesmith#2 attr.customer="Acme Ltd"')).toEqual({
    search: { status: 'failed', step: 'codesmith#2', 'attr.customer': 'Acme Ltd' },
    faults: [],
  });
  expect(readLine(' crawl-17 ')).toEqual({ search: { idPrefix: 'crawl-17' }, faults: [] });
  expect(readLine('')).toEqual({ search: {}, faults: [] });
});

it('says what of a line is no filter', () => {
  expect(readLine('colour=red').faults[0]).toContain('colour is no key');
  expect(readLine('code=').faults).toEqual(['code: a value is missing']);
  expect(readLine('one two').faults).toEqual(['idPrefix is there twice']);
  expect(readLine('attr.=x').faults).toHaveLength(1);
});

it('a filter comes back from its line, whatever stands in it', () => {
  const value = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  const filters = fc.record(
    { owner: value, code: value, idPrefix: value, 'attr.x': value, waiting: fc.constant('true') },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (filter) => {
      const search = filterPart(filter);
      expect(readLine(lineOf(search))).toEqual({ search, faults: [] });
    }),
  );
});

it('takes a status in and out, in one order', () => {
  expect(toggledStatus({ status: 'failed' }, 'running')).toBe('running,failed');
  expect(toggledStatus({ status: 'running,failed' }, 'running')).toBe('failed');
  expect(toggledStatus({ status: 'failed' }, 'failed')).toBeNull();
});
