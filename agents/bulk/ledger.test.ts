import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bulkResultsBytes, bulkResultsPerEvent } from '../../protocol/limits.ts';
import type { JobResult } from '../../protocol/schemas/jobs.ts';
import { Ledger, type Told } from './ledger.ts';

const resultOf = (place: number, messageCharacters = 0): JobResult => {
  if (place % 3 !== 0) return { run: `r${place}`, outcome: 'done' };
  return { run: `r${place}`, outcome: 'refused', code: 'run_not_ended', message: 'x'.repeat(messageCharacters) };
};

test('in whatever order results come, each is told once, in the order of the list, and the counts are theirs', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(250).keys()], { minLength: 250 }), fc.nat(40), (places, every) => {
      const ledger = new Ledger(null);
      const told: Told[] = [];
      const tell = () => {
        for (let next = ledger.take(); next; next = ledger.take()) told.push(next);
      };
      places.forEach((place, index) => {
        ledger.add(place, resultOf(place));
        if (index % (every + 1) === 0) tell();
      });
      tell();
      expect(told.flatMap(({ results }) => results.map(({ run }) => run))).toEqual(
        places.map((_, place) => `r${place}`),
      );
      let first = 0;
      for (const each of told) {
        expect(each.first).toBe(first);
        expect(each.results.length).toBeLessThanOrEqual(bulkResultsPerEvent);
        first += each.results.length;
      }
      expect(told.at(-1)?.counts).toEqual({ done: 166, refused: 84, failed: 0 });
      expect(ledger.mark).toEqual({ told: 250, counts: ledger.counts, codes: { run_not_ended: 84 } });
    }),
    { numRuns: 50 },
  );
});

test('a repeated attempt goes on where the checkpoint stands', () => {
  const ledger = new Ledger(null);
  [0, 1, 3].forEach((place) => ledger.add(place, resultOf(place)));
  expect(ledger.take()?.results).toHaveLength(2);
  expect([ledger.mark.told, ledger.finished, ledger.take()]).toEqual([2, 3, null]);
  const again = new Ledger(ledger.mark);
  expect(again.finished).toBe(2);
  [2, 3].forEach((place) => again.add(place, resultOf(place)));
  expect(again.take()).toMatchObject({ first: 2, counts: { done: 2, refused: 2, failed: 0 } });
});

test('long messages make more events, each of which is told whole', () => {
  const ledger = new Ledger(null);
  for (let place = 0; place < 60; place++) ledger.add(place, resultOf(place * 3, 2_000));
  const sizes: number[] = [];
  for (let told = ledger.take(); told; told = ledger.take()) sizes.push(JSON.stringify(told.results).length);
  expect(sizes.length).toBeGreaterThan(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(bulkResultsBytes + 2);
});
