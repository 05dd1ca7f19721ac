/** What the system said over the last minutes, for charts. Pure. */
import type { System } from '../../../client/index.ts';

export interface Sample {
  atMs: number;
  /** Behind a load balancer each answer may be another's. */
  gateway: string;
  eventsPerSecond: number;
  requestsPerSecond: number;
  p50Ms: number | null;
  p95Ms: number | null;
  sockets: number;
  /** Tasks that wait, over all queues. */
  backlog: number;
}

export const keptMs = 600_000;
/** No line is drawn over a longer time in which nobody looked. */
const gapMs = 15_000;

export function sampleOf({ at, gateway, taskQueues }: System): Sample {
  const { recent, sockets } = gateway;
  return {
    atMs: Date.parse(at),
    gateway: nameOf(gateway),
    eventsPerSecond: recent.eventsPerSecond,
    requestsPerSecond: recent.requestsPerSecond,
    p50Ms: recent.delivery.p50Ms,
    p95Ms: recent.delivery.p95Ms,
    sockets: sockets.native + sockets.streams + Object.values(sockets.dialects).reduce((sum, count) => sum + count, 0),
    backlog: taskQueues.reduce((sum, { backlog }) => sum + backlog.count, 0),
  };
}

export function nameOf({ host, process }: Pick<System['gateway'], 'host' | 'process'>): string {
  return `${process}@${host}`;
}

/** With the newest, without what is too old; an answer that was given before is not taken again. */
export function withSample(samples: readonly Sample[], newest: Sample): Sample[] {
  const isKnown = samples.some(({ atMs, gateway }) => atMs === newest.atMs && gateway === newest.gateway);
  const kept = samples.filter(({ atMs }) => atMs > newest.atMs - keptMs);
  return isKnown ? kept : [...kept, newest];
}

/** Times in seconds and the values at them, with a hole where nobody looked. */
export function columns(
  samples: readonly Sample[],
  picks: readonly ((sample: Sample) => number | null)[],
): [times: number[], ...values: (number | null)[][]] {
  const rows: (readonly [number, ...(number | null)[]])[] = [];
  let before = samples[0]?.atMs ?? 0;
  for (const sample of samples) {
    if (sample.atMs - before > gapMs) rows.push([before / 1_000 + 1, ...picks.map(() => null)]);
    rows.push([sample.atMs / 1_000, ...picks.map((pick) => pick(sample))]);
    before = sample.atMs;
  }
  return [rows.map(([time]) => time), ...picks.map((_, index) => rows.map((row) => row[index + 1] ?? null))];
}

export interface Extent {
  now: number | null;
  highest: number | null;
}

export function extentOf(samples: readonly Sample[], pick: (sample: Sample) => number | null): Extent {
  const values = samples.map(pick).filter((value) => value !== null);
  const newest = samples.at(-1);
  return { now: newest === undefined ? null : pick(newest), highest: values.length === 0 ? null : Math.max(...values) };
}
