import { expect, test } from 'vitest';
import { columns, extentOf, keptMs, withSample, type Sample } from './samples.ts';

const sample = (atMs: number, eventsPerSecond = 1, more: Partial<Sample> = {}): Sample => ({
  atMs,
  gateway: '1@host',
  eventsPerSecond,
  requestsPerSecond: 0,
  p50Ms: null,
  p95Ms: null,
  sockets: 0,
  backlog: 0,
  ...more,
});
const events = ({ eventsPerSecond }: Sample) => eventsPerSecond;

test('ten minutes are kept, and an answer that came twice counts once', () => {
  const old = [sample(1_000), sample(2_000)];
  const kept = withSample(old, sample(1_500 + keptMs));
  expect(kept.map(({ atMs }) => atMs)).toEqual([2_000, 1_500 + keptMs]);
  expect(withSample(kept, sample(1_500 + keptMs))).toHaveLength(2);
  // Another gateway's answer of the same moment is another one.
  expect(withSample(kept, sample(1_500 + keptMs, 1, { gateway: '2@host' }))).toHaveLength(3);
});

test('no line goes over a time in which nobody looked', () => {
  const [times, values] = columns([sample(0, 1), sample(2_000, 2), sample(60_000, 3)], [events]);
  expect(times).toEqual([0, 2, 3, 60]);
  expect(values).toEqual([1, 2, null, 3]);
  expect(columns([], [events])).toEqual([[], []]);
});

test('the newest and the highest are told; where nothing was measured, nothing', () => {
  expect(extentOf([sample(0, 7), sample(1, 3)], events)).toEqual({ now: 3, highest: 7 });
  expect(extentOf([sample(0)], ({ p95Ms }) => p95Ms)).toEqual({ now: null, highest: null });
  expect(extentOf([], events)).toEqual({ now: null, highest: null });
});
