import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('a bundle is shown on a free port, and laid out nowhere, unless that is said', () => {
  expect(readArguments(['run.baton'])).toEqual({ file: 'run.baton', port: '0', folder: null, checksOnly: false });
  expect(readArguments(['run.baton', '--port', '9000', '--extract', 'dir', '--check'])).toEqual({
    file: 'run.baton',
    port: '9000',
    folder: 'dir',
    checksOnly: true,
  });
  expect(readArguments(['--help'])).toBeNull();
});

test.each([[[]], [['a', 'b']], [['a', '--raw']], [['a', '--port']]])('%j is refused, with the usage', (args) => {
  expect(() => readArguments(args)).toThrow(/baton open FILE/);
});
