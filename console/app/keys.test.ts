import { expect, test } from 'vitest';
import { boundTo, type Bindings } from './keys.ts';

const done: string[] = [];
const binding = (name: string) => () => void done.push(name);
const shell: Bindings = { 'g j': binding('to the jobs'), '?': binding('help') };
const table: Bindings = { j: binding('next row'), '?': binding('help of the table') };

function press(sets: readonly Bindings[], key: string, both: string | null = null): string | undefined {
  done.splice(0);
  boundTo(sets, { key, both })?.();
  return done[0];
}

test.each([
  ['the screen came last', [shell, table]],
  ['the screen came first', [table, shell]],
])('two keys go before one of them, also where %s', (_what, sets) => {
  expect(press(sets, 'j', 'g j')).toBe('to the jobs');
  expect(press(sets, 'j', 'x j')).toBe('next row');
  expect(press(sets, 'j')).toBe('next row');
});

test('of two that want the same key the one that came last has it', () => {
  expect(press([shell, table], '?')).toBe('help of the table');
  expect(press([table, shell], '?')).toBe('help');
  expect(press([shell, table], 'constructor')).toBeUndefined();
});
