import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveFrameIntervalMs } from '../protocol/limits.ts';
import { ManualClock } from '../test/harness/manual-clock.ts';
import { ProgressReporter, type Progress, type ProgressOutlets } from './progress-reporter.ts';

type Live = Parameters<ProgressOutlets['live']>[0];

function bench(mode: 'live' | 'durable' = 'live', floor = { fraction: 0, message: '' }) {
  const clock = new ManualClock();
  const lives: Live[] = [];
  const events: Progress[] = [];
  const outlets: ProgressOutlets = {
    live: (frame) => lives.push(frame),
    durable: mode === 'durable' ? (progress) => events.push(progress) : null,
  };
  return { clock, lives, events, reporter: new ProgressReporter(floor, outlets, clock) };
}

const anyFraction = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1, 2, 150),
);

test('whatever is reported, told progress lies in [floor, 1], never falls, and ends with the newest', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('live' as const, 'durable' as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.record({ fraction: anyFraction, waitMs: fc.nat(200) }), { minLength: 1, maxLength: 40 }),
      async (mode, floor, reports) => {
        const b = bench(mode, { fraction: floor, message: 'before' });
        for (const [index, { fraction, waitMs }] of reports.entries()) {
          b.reporter.report(fraction, `report ${index}`);
          await b.clock.advance(waitMs);
        }
        b.reporter.flush();
        const told = mode === 'live' ? b.lives : b.events;
        const fractions = told.map(({ fraction }) => fraction ?? Number.NaN);
        expect(fractions).toEqual(fractions.toSorted((x, y) => x - y));
        expect(fractions.every((fraction) => fraction >= floor && fraction <= 1)).toBe(true);
        expect(told.at(-1)).toMatchObject({ message: `report ${reports.length - 1}` });
      },
    ),
    { numRuns: 200 },
  );
});

test('the first notification is told at once, and a burst only by its newest', async () => {
  const b = bench();
  for (let count = 1; count <= 100; count++) b.reporter.report(count / 100, `${count}`);
  expect(b.lives.map(({ message }) => message)).toEqual(['1']);
  await b.clock.advance(liveFrameIntervalMs);
  expect(b.lives.map(({ message }) => message)).toEqual(['1', '100']);
});

test('durable progress becomes at most twenty events a second, and no live frame', async () => {
  const b = bench('durable');
  for (let count = 0; count < 1_000; count++) {
    b.reporter.report(count / 1_000, `${count}`);
    await b.clock.advance(1);
  }
  b.reporter.flush();
  expect(b.events.length).toBeLessThanOrEqual(22);
  expect(b.events.length).toBeGreaterThanOrEqual(20);
  expect(b.lives).toEqual([]);
});

test('the steps of a quick agent are all durable', async () => {
  const b = bench('durable');
  for (const fraction of [0, 0.25, 0.5, 0.75]) b.reporter.report(fraction, `${fraction}`);
  expect(b.events.map(({ fraction }) => fraction)).toEqual([0, 0.25, 0.5, 0.75]);
});

test('streamed text loses nothing, whatever is coalesced', async () => {
  const b = bench();
  const chunks = Array.from({ length: 300 }, (_, index) => `${index} `);
  for (const chunk of chunks) {
    b.reporter.text(chunk);
    await b.clock.advance(3);
  }
  b.reporter.flush();
  expect(b.lives.map(({ text }) => text).join('')).toBe(chunks.join(''));
  expect(b.lives.length).toBeLessThan(40);
  expect(b.lives.every(({ fraction }) => fraction === undefined)).toBe(true);
});

test('after the attempt has ended nothing more is told', async () => {
  const b = bench();
  b.reporter.report(0.1, 'a');
  b.reporter.report(0.2, 'b');
  b.reporter[Symbol.dispose]();
  b.reporter.report(0.3, 'c');
  b.reporter.text('late');
  await b.clock.advance(1_000);
  expect(b.lives.map(({ message }) => message)).toEqual(['a']);
});

test('a milestone is taken once for each whole percent that was passed, and never below where it began', () => {
  const b = bench('live', { fraction: 0.1, message: 'before' });
  const taken: number[] = [];
  for (const fraction of [0.05, 0.1, 0.105, 0.12, 0.129, 0.3, 0.2, 1, 1]) {
    b.reporter.report(fraction, 'on it');
    const milestone = b.reporter.takeMilestone();
    if (milestone) taken.push(milestone.fraction);
  }
  expect(taken).toEqual([0.12, 0.3, 1]);
});
