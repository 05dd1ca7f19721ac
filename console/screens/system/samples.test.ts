import { expect, test } from 'vitest';
import type { GatewayStanding, System } from '../../../client/index.ts';
import { columns, extentOf, keptMs, withSamples, type Sample } from './samples.ts';

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

const standing = (atMs: number, process = 1): GatewayStanding => ({
  toldAt: new Date(atMs).toISOString(),
  version: '1.0.0',
  host: 'host',
  process,
  startedAt: new Date(0).toISOString(),
  uptimeSeconds: 1,
  sockets: { native: 3, dialects: { ki: 2, mgx: 1 }, streams: 4, max: 100 },
  subscriptions: 0,
  runsHeld: 0,
  logBytes: 0,
  memoryBytes: 0,
  recent: { seconds: 60, eventsPerSecond: 5, requestsPerSecond: 6, delivery: { count: 9, p50Ms: 7, p95Ms: 8 } },
});

const system = (atMs: number, ...gateways: [GatewayStanding, ...GatewayStanding[]]): System => ({
  at: new Date(atMs).toISOString(),
  temporal: { address: '', namespace: '', reachable: true, answerMs: 1, version: null, retentionDays: null },
  taskQueues: [2, 3].map((count) => ({
    name: String(count),
    workers: [],
    backlog: { count, ageMs: 0 },
    addedPerSecond: 0,
    takenPerSecond: 0,
  })),
  gateway: gateways[0],
  gateways,
});

test('ten minutes are kept, and what a gateway told twice counts once', () => {
  const old = [sample(1_000), sample(2_000)];
  const nowMs = 1_500 + keptMs;
  const kept = withSamples(old, system(nowMs, standing(nowMs)));
  expect(kept.map(({ atMs }) => atMs)).toEqual([2_000, nowMs]);
  expect(withSamples(kept, system(nowMs, standing(nowMs)))).toEqual(kept);
});

test('each gateway has a sample of its own, of the moment that it told of', () => {
  const [older, newer] = withSamples([], system(9_000, standing(9_000), standing(7_000, 2)));
  expect(older).toMatchObject({ atMs: 7_000, gateway: '2@host' });
  expect(newer).toEqual({
    atMs: 9_000,
    gateway: '1@host',
    eventsPerSecond: 5,
    requestsPerSecond: 6,
    p50Ms: 7,
    p95Ms: 8,
    sockets: 10,
    backlog: 5,
  });
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
