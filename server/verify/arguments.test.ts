import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('runs, a filter as lists take it, or a folder', () => {
  expect(readArguments(['a', 'b', '--json'])).toMatchObject({
    runs: ['a', 'b'],
    filter: null,
    folder: null,
    json: true,
  });
  expect(readArguments(['--query', 'status=failed,stuck blueprint=crawl attr.customer=a=b'])).toMatchObject({
    filter: { status: ['failed', 'stuck'], blueprint: 'crawl', 'attr.customer': 'a=b' },
  });
  expect(readArguments(['--open'])).toMatchObject({
    filter: { status: ['pending', 'running', 'waiting', 'paused', 'stuck', 'cancelling'] },
    mayBeNone: true,
  });
  expect(readArguments(['--dir', 'f', '--data-dir', 'd'])).toMatchObject({ folder: 'f', dataDir: 'd', saveTo: null });
  expect(readArguments(['--help'])).toBeNull();
});

test.each([
  { args: [], says: 'give runs, --open, --query or --dir' },
  { args: ['a', '--dir', 'b'], says: 'give runs, --open, --query or --dir' },
  { args: ['--open', '--query', 'status=stuck'], says: 'give runs, --open, --query or --dir' },
  { args: ['--query', 'colour=red'], says: 'there is no key colour' },
  { args: ['--query', 'status=odd'], says: 'status' },
  { args: ['--query', 'status=failed limit=5'], says: 'there is no key limit' },
  { args: ['--query', ' '], says: 'a query is key=value' },
  { args: ['--query', 'failed'], says: 'a query is key=value' },
  { args: ['--dir', 'b', '--save', 'c'], says: '--save is for runs' },
  { args: ['--nonsense'], says: '--nonsense' },
])('refuses $args', ({ args, says }) => {
  expect(() => readArguments(args)).toThrow(says);
});
