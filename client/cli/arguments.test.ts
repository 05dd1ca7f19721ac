import { describe, expect, it } from 'vitest';
import { mergeInput, parseCount, parsePairs, readJsonArgument } from './arguments.ts';
import { UsageError } from './usage-error.ts';

describe('key=value', () => {
  it('is JSON where it is JSON and text where it is not', () => {
    expect(parsePairs(['a=1', 'b=true', 'c=text', 'd=[1,2]', 'e="1"', 'f=', 'g=x=y'])).toEqual({
      a: 1,
      b: true,
      c: 'text',
      d: [1, 2],
      e: '1',
      f: '',
      g: 'x=y',
    });
  });

  it('reaches into objects with dots, and insists on JSON with :=', () => {
    expect(parsePairs(['a.b=1', 'a.c=2', 'd:=null'])).toEqual({ a: { b: 1, c: 2 }, d: null });
    expect(() => parsePairs(['d:=oops'])).toThrow(UsageError);
  });

  it('refuses what is no pair, what reaches into no object, and what would reach into prototypes', () => {
    for (const pairs of [['novalue'], ['=1'], ['a=1', 'a.b=2'], ['__proto__.x=1'], ['a..b=1']]) {
      expect(() => parsePairs(pairs), pairs.join(' ')).toThrow(UsageError);
    }
  });
});

describe('an input', () => {
  const read = {
    file: (path: string) =>
      path === 'in.json' ? Promise.resolve('{"from":"file"}') : Promise.reject(new Error('ENOENT')),
    stdin: () => Promise.resolve('[1]'),
  };

  it('is JSON itself, a file, or standard input', async () => {
    expect(await readJsonArgument('{"a":1}', read)).toEqual({ a: 1 });
    expect(await readJsonArgument('@in.json', read)).toEqual({ from: 'file' });
    expect(await readJsonArgument('-', read)).toEqual([1]);
  });

  it('that is not JSON, or not there, is a usage error that says where', async () => {
    await expect(readJsonArgument('{', read)).rejects.toThrow(/the value is not JSON/);
    await expect(readJsonArgument('@gone.json', read)).rejects.toThrow(/gone\.json cannot be read: ENOENT/);
  });

  it('takes pairs on top of an object, and of nothing else', () => {
    expect(mergeInput({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect(mergeInput(undefined, {})).toEqual({});
    expect(mergeInput([1], {})).toEqual([1]);
    expect(() => mergeInput([1], { a: 1 })).toThrow(UsageError);
  });
});

it('a count is a whole number in range', () => {
  expect(parseCount('12', '--limit', 1)).toBe(12);
  for (const text of ['-1', '1.5', 'x', '', '0'])
    expect(() => parseCount(text, '--limit', 1), text).toThrow(UsageError);
});
