/**
 * Sockets that stop reading cost the gateway no memory, and lose nothing. The same run is played on fresh gateways, in
 * turns without and with them; the level of each is its highest resident set between the run's begin and its end, and with
 * slow sockets also until they have caught up.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonClient } from '../../client/index.ts';
import { Part, writeBundle } from '../harness/part.ts';
import { temporalAddress, temporalNamespace, unique } from '../harness/temporal-server.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { until } from '../harness/until.ts';
import { StallingReader, type SharedLog } from './stalling-reader.ts';

const slowSockets = rounds(20, 50);
const turns = rounds(1, 2);
/** More than the kernel would swallow for a socket, in the short form too. */
const events = rounds(5_000, 50_000);
const bytes = rounds(4_000, 500);
const steps = 10;
const allowedMiB = 64;
const sampleMs = 100;
const withinMs = rounds(60_000, 10 * 60_000);

interface Outcome {
  peakMiB: number;
  /** Until the slow ones have caught up; without any, the same. */
  peakWithCatchUpMiB: number;
  seconds: number;
  catchUpSeconds: number;
  reconnects: number;
}

let worker: Part;
let environment: Record<string, string>;

beforeAll(async () => {
  environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_DATA_DIR: await mkdtemp(join(tmpdir(), 'baton-slow-')),
    BATON_TASK_QUEUE: unique('slow'),
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  worker = new Part('worker', environment);
  await worker.start();
});
afterAll(async () => {
  await worker.stop();
  await rm(environment['BATON_DATA_DIR'] as string, { recursive: true, force: true });
});

test(
  `${slowSockets} sockets that stop reading during a run of ${events} events cost less than ${allowedMiB} MiB, ` +
    'and get every event once when they read again',
  { timeout: withinMs * 2 },
  async () => {
    const without: Outcome[] = [];
    const withSlow: Outcome[] = [];
    for (let turn = 0; turn < turns; turn++) {
      without.push(await play(0));
      withSlow.push(await play(slowSockets));
    }
    const line = (name: string, outcomes: Outcome[]) =>
      outcomes.map((each) => `${name}: ${JSON.stringify(each)}`).join('\n');
    console.log(`${testSize}\n${line('without', without)}\n${line('with', withSlow)}`);
    const level = median(without.map(({ peakMiB }) => peakMiB));
    expect(median(withSlow.map(({ peakMiB }) => peakMiB)) - level).toBeLessThan(allowedMiB);
    expect(median(withSlow.map((each) => each.peakWithCatchUpMiB)) - level).toBeLessThan(allowedMiB);
  },
);

/** One run on a fresh gateway, watched by a socket that reads, and by so many that do not until the run has ended. */
async function play(slowCount: number): Promise<Outcome> {
  const gateway = new Part('gateway', environment);
  await gateway.start();
  const client = new BatonClient({ url: `http://127.0.0.1:${gateway.port}` });
  const run = unique('slow');
  const log: SharedLog = [];
  const readers = Array.from(
    { length: slowCount + 1 },
    () => new StallingReader(`ws://127.0.0.1:${gateway.port}/v1/ws`, run, log),
  );
  const [quick, ...slow] = readers as [StallingReader, ...StallingReader[]];
  const memory = new MemoryPeak(gateway.port);
  try {
    const action = { do: 'emit', count: events / steps, bytes };
    const input = { steps: Array.from({ length: steps }, () => ({ script: [action] })) };
    await client.start('script', input, { id: run, hold: true });
    for (const reader of readers) await reader.connect();
    for (const reader of slow) reader.stall();
    const begunAtMs = Date.now();
    await client.begin(run);
    await until('the run to end', () => quick.isEnded, withinMs);
    const endedAtMs = Date.now();
    const peakMiB = await memory.read();
    // Otherwise the kernel's buffers took all of it, and nothing was shown.
    for (const reader of slow) expect(reader.seq).toBeLessThan(quick.seq);
    expect(await metric(gateway.port, 'baton_backpressured_cursors')).toBe(slowCount);

    for (const reader of slow) reader.readOn();
    await until(
      'all to have caught up',
      () => slow.every(({ isEnded, faults }) => isEnded || faults.length > 0),
      withinMs,
    );
    const peakWithCatchUpMiB = await memory.read();
    for (const reader of readers) expect([reader.faults, reader.seq]).toEqual([[], log.length]);
    expect(log.length).toBeGreaterThan(events);
    return {
      peakMiB,
      peakWithCatchUpMiB,
      seconds: (endedAtMs - begunAtMs) / 1_000,
      catchUpSeconds: (Date.now() - endedAtMs) / 1_000,
      reconnects: slow.reduce((sum, { reconnects }) => sum + reconnects, 0),
    };
  } finally {
    memory[Symbol.dispose]();
    for (const reader of readers) reader.close();
    client.close();
    await gateway.stop();
  }
}

/** The highest resident set of a gateway's process so far. */
class MemoryPeak implements Disposable {
  private readonly port: number;
  private readonly timer: NodeJS.Timeout;
  private readonly faults: unknown[] = [];
  private peakMiB = 0;

  constructor(port: number) {
    this.port = port;
    this.timer = setInterval(() => {
      this.sample().catch((error: unknown) => this.faults.push(error));
    }, sampleMs);
  }

  async read(): Promise<number> {
    await this.sample();
    expect(this.faults).toEqual([]);
    return this.peakMiB;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private async sample(): Promise<void> {
    const residentBytes = await metric(this.port, 'process_resident_memory_bytes');
    this.peakMiB = Math.max(this.peakMiB, Math.round(residentBytes / 1024 ** 2));
  }
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`the gateway tells no ${name}`);
  return Number(value);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = low] = sorted.length % 2 === 0 ? sorted.slice(middle - 1, middle + 1) : [sorted[middle]];
  return (low + high) / 2;
}
