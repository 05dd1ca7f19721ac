/**
 * The server as it is deployed, PostgreSQL and each of Temporal's four services, killed with SIGKILL one after the other
 * under load: runs are started, watched, asked and answered all the while.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BatonClient, BatonClientError } from '../../client/index.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { serviceNames, startTemporalServices, type TemporalServices } from '../harness/temporal-services.ts';
import { rounds } from '../harness/test-size.ts';
import { checkLog } from '../property/check-log.ts';
import { answerQuestions, longestWait, scripts } from './load.ts';
import { watchToEnd, type Watched } from './watcher.ts';

const victims = ['postgres', ...serviceNames] as const;
type Victim = (typeof victims)[number];

const runsPerKill = 4;
const watchersPerRun = rounds(2, 10);
const endsWithinMs = 120_000;
const retryMs = 200;
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);

// A busy machine takes its time.
vi.setConfig({ testTimeout: 5 * 60_000, hookTimeout: 120_000 });

let server: TemporalServices;
let parts: Parts;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-services-'));
  server = await startTemporalServices();
  parts = await startParts({
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: 'services',
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
  });
});
afterAll(async () => {
  await parts.stop();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface Kill {
  victim: Victim;
  /** After the runs of this kill were accepted. */
  atMs: number;
}

const plans: fc.Arbitrary<Kill[]> = fc
  .shuffledSubarray([...victims], { minLength: victims.length })
  .chain((order) =>
    fc.tuple(
      ...order.map((victim) => fc.record({ victim: fc.constant(victim), atMs: fc.integer({ min: 0, max: 2_500 }) })),
    ),
  );
const planned = fc.sample(plans, { seed, numRuns: rounds(1, 20) });

test.each(planned.map((kills, index) => [index + 1, kills] as const))(
  `round %i: every run ends as it must, every client has every event once (seed ${seed})`,
  async (round, kills) => {
    const late = AbortSignal.timeout(endsWithinMs);
    const url = `http://127.0.0.1:${parts.gateway.port}`;
    const client = new BatonClient({ url });
    const lives: Promise<Lived>[] = [];
    const outages: string[] = [];
    for (const { victim, atMs } of kills) {
      for (let each = 1; each <= runsPerKill; each++) {
        const run = `${victim}-${seed}-${round}-${each}`;
        await startSurely(client, run, late);
        const living = live(client, url, run, late);
        // Told below, with the others.
        living.catch(() => undefined);
        lives.push(living);
      }
      await delay(atMs);
      const killedAtMs = Date.now();
      await killableOf(victim).kill();
      await killableOf(victim).start();
      outages.push(`${victim} ${Date.now() - killedAtMs} ms`);
    }
    const all = await Promise.all(lives);
    client.close();

    expect(all).toHaveLength(runsPerKill * victims.length);
    for (const { run, watchers } of all) {
      const [{ events }] = watchers as [Watched];
      expect({ run, broken: checkLog(events, scripts) }).toEqual({ run, broken: [] });
      expect({ run, ends: events.at(-1)?.type }).toEqual({ run, ends: 'run.completed' });
      for (const watched of watchers) {
        expect(watched.gaps).toEqual([]);
        expect(watched.events).toEqual(events);
      }
    }
    const waitedMs = Math.max(...all.flatMap(({ watchers }) => watchers.map((watched) => longestWait(watched))));
    console.log(
      `round ${round}: up again after ${outages.join(', ')}; longest wait for a durable event ${waitedMs} ms`,
    );
  },
);

interface Lived {
  run: string;
  watchers: Watched[];
}

async function live(client: BatonClient, url: string, run: string, late: AbortSignal): Promise<Lived> {
  const watching = Array.from({ length: watchersPerRun }, () => watchToEnd(url, run, late));
  await answerQuestions(client, run, late);
  return { run, watchers: await Promise.all(watching) };
}

function killableOf(victim: Victim) {
  return victim === 'postgres' ? server.postgres : server.services[victim];
}

/** Whoever is told that the server is away asks again; with the same id that begins one run. */
async function startSurely(client: BatonClient, run: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await client.start('script', { steps: scripts }, { id: run, signal });
      return;
    } catch (error) {
      if (!(error instanceof BatonClientError) || !error.retry) throw error;
      await delay(retryMs, undefined, { signal });
    }
  }
}
