/** What the system said over the last minutes, for charts. Pure. */
import type { System } from '../../../client/index.ts';

export interface Sample {
  atMs: number;
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

/** One of each gateway, as it stood when it told. */
function samplesOf({ gateways, taskQueues }: System): Sample[] {
  const backlog = taskQueues.reduce((sum, queue) => sum + queue.backlog.count, 0);
  return gateways.map((gateway) => {
    const { recent, sockets } = gateway;
    const ofDialects = Object.values(sockets.dialects).reduce((sum, count) => sum + count, 0);
    return {
      atMs: Date.parse(gateway.toldAt),
      gateway: nameOf(gateway),
      eventsPerSecond: recent.eventsPerSecond,
      requestsPerSecond: recent.requestsPerSecond,
      p50Ms: recent.delivery.p50Ms,
      p95Ms: recent.delivery.p95Ms,
      sockets: sockets.native + sockets.streams + ofDialects,
      backlog,
    };
  });
}

export function nameOf({ host, process }: Pick<System['gateway'], 'host' | 'process'>): string {
  return `${process}@${host}`;
}

/** With what the system says now, without what is too old; what a gateway has told before is not taken again. */
export function withSamples(samples: readonly Sample[], system: System): Sample[] {
  const isKnown = (newest: Sample) =>
    samples.some(({ atMs, gateway }) => atMs === newest.atMs && gateway === newest.gateway);
  const newest = samplesOf(system).filter((sample) => !isKnown(sample));
  const sinceMs = Date.parse(system.at) - keptMs;
  return [...samples, ...newest].filter(({ atMs }) => atMs > sinceMs).toSorted((a, b) => a.atMs - b.atMs);
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
