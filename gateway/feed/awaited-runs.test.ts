import { expect, test } from 'vitest';
import { AwaitedRuns } from './awaited-runs.ts';

test('who waits for ids is told of those alone until it goes, and what nobody waits for is forgotten', () => {
  const awaited = new AwaitedRuns();
  const told: string[] = [];
  const first = awaited.when(['ki:a', 'a'], (run) => told.push(`first: ${run}`));
  const second = awaited.when(['ki:a'], (run) => told.push(`second: ${run}`));
  for (const run of ['b', 'a', 'ki:a']) awaited.tell(run);
  expect(told).toEqual(['first: a', 'first: ki:a', 'second: ki:a']);
  first[Symbol.dispose]();
  expect(awaited.ids).toEqual(['ki:a']);
  awaited.tell('ki:a');
  expect(told.slice(3)).toEqual(['second: ki:a']);
  second[Symbol.dispose]();
  expect(awaited.ids).toEqual([]);
});

test('who goes while others are told is told nothing, and who comes then is told of the next', () => {
  const awaited = new AwaitedRuns();
  const told: string[] = [];
  const waits: Disposable[] = [];
  waits.push(
    awaited.when(['a'], () => {
      told.push('first');
      waits[1]?.[Symbol.dispose]();
      if (waits.length === 2) waits.push(awaited.when(['a'], () => told.push('third')));
    }),
  );
  waits.push(awaited.when(['a'], () => told.push('second')));
  awaited.tell('a');
  expect(told).toEqual(['first']);
  awaited.tell('a');
  expect(told).toEqual(['first', 'first', 'third']);
});

test('the same function may wait twice, and leaves one wait at a time', () => {
  const awaited = new AwaitedRuns();
  let told = 0;
  const count = () => void told++;
  const [one, other] = [awaited.when(['a'], count), awaited.when(['a'], count)];
  one[Symbol.dispose]();
  awaited.tell('a');
  expect(told).toBe(1);
  other[Symbol.dispose]();
  awaited.tell('a');
  expect(told).toBe(1);
});
