import { expect, test } from 'vitest';
import { BegunRuns } from './begun-runs.ts';

test('who waits for a name is told of it alone, and nobody listens once nobody waits', () => {
  const ears = new Set<(run: string) => void>();
  const runs = new BegunRuns({
    onBegun: (begun) => {
      ears.add(begun);
      return { [Symbol.dispose]: () => void ears.delete(begun) };
    },
  });
  const told: string[] = [];
  const first = runs.when(['ki:a', 'a'], () => told.push('first'));
  const second = runs.when(['ki:a'], () => told.push('second'));
  const begin = (run: string) => ears.forEach((ear) => ear(run));
  begin('b');
  begin('a');
  begin('ki:a');
  expect([told, ears.size]).toEqual([['first', 'first', 'second'], 1]);
  first[Symbol.dispose]();
  begin('ki:a');
  expect(told.slice(3)).toEqual(['second']);
  second[Symbol.dispose]();
  expect(ears.size).toBe(0);
});
