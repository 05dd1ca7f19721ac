import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../client/index.ts';
import { EventPages, firstOf, pageEvents, pageOf } from './event-pages.ts';

const event = (seq: number): RunEvent => ({ seq, at: '', recordedAt: '', type: 'agent.emitted', data: {} });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('rows are asked for by page until all of their events are here', () => {
  const pages = new EventPages();
  expect(pages.missing(1, 600, 600)).toEqual([0, 1, 2]);
  for (const seq of range(1, pageEvents)) pages.put(event(seq));
  for (const seq of range(firstOf(2), 600)) pages.put(event(seq));
  expect(pages.missing(1, 600, 600)).toEqual([1]);
  expect(pages.get(600)).toEqual(event(600));
  expect(pages.get(300)).toBeUndefined();
  // The log has grown: its last page is not whole any more.
  expect(pages.missing(501, 600, 601)).toEqual([2]);
});

test('what is past retention is not asked for again', () => {
  const pages = new EventPages();
  pages.putGap({ from: 1, to: 300 });
  for (const seq of range(301, 500)) pages.put(event(seq));
  expect(pages.missing(1, 500, 500)).toEqual([]);
  expect([1, 300, 301].map((seq) => pages.isGone(seq))).toEqual([true, true, false]);
});

test('however long a log is followed, the newest rows are here and the memory is bounded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), (last) => {
      const pages = new EventPages();
      for (let seq = Math.max(1, last - 30_000); seq <= last; seq++) pages.put(event(seq));
      expect(pages.size).toBeLessThanOrEqual(41 * pageEvents);
      expect(pages.get(last)).toEqual(event(last));
      expect(pages.missing(last, last, last).every((page) => page === pageOf(last))).toBe(true);
    }),
    { numRuns: 20 },
  );
});
