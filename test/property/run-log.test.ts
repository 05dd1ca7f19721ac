/**
 * Random runs, disturbed at random moments, their workers killed: one log each, the same for every reader. The server
 * suggests a continue-as-new after a few dozen events, so that most runs live through several executions.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { startBaton, type TestBaton } from '../harness/baton.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { Part, writeBundle } from '../harness/part.ts';
import { readLog } from '../harness/read-log.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds } from '../harness/test-size.ts';
import { checkLog } from './check-log.ts';
import { begin, live, type Drive } from './drive-run.ts';
import { runPlans } from './run-plan.ts';
import { stateBeforeEnd } from './state-before-end.ts';

const runsAtOnce = 25;
const timeout = rounds(4, 60) * 60_000;
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);

let temporal: OwnTemporal;
let baton: TestBaton;
let client: Client;
let worker: Part;

beforeAll(async () => {
  temporal = await startOwnTemporal({ 'limit.historyCount.suggestContinueAsNew': 60 });
  baton = await startBaton({
    worker: false,
    settings: { TEMPORAL_ADDRESS: temporal.address, BATON_FEED_CACHE_BYTES: '200000', LOG_LEVEL: 'error' },
  });
  const { config } = baton;
  client = connectTemporal(config, createDataConverter(config));
  worker = new Part('worker', {
    TEMPORAL_ADDRESS: temporal.address,
    BATON_DATA_DIR: config.dataDir,
    BATON_TASK_QUEUE: config.BATON_TASK_QUEUE,
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
  });
});
afterAll(async () => {
  await worker.stop();
  await client.connection.close();
  await baton.stop();
  await temporal.stop();
});

test(
  `${rounds(25, 500)} random runs (seed ${seed}) have one log each, whatever is done to them`,
  { timeout },
  async () => {
    console.log(`seed ${seed}`);
    const plans = fc.sample(runPlans, { seed, numRuns: rounds(25, 500) });
    for (let from = 0; from < plans.length; from += runsAtOnce) {
      const drives = plans.slice(from, from + runsAtOnce).map((plan, index): Drive => {
        const run = unique(`property-${seed}-${from + index}`);
        return { run, plan, engine: baton.engine, client, log: [] };
      });
      await Promise.all(drives.map(begin));
      await worker.start();
      const chaos = new AbortController();
      const killing = killNowAndThen(chaos.signal);
      const lived = await Promise.allSettled(drives.map(live));
      chaos.abort();
      await killing;
      for (const [index, { run }] of drives.entries()) {
        const outcome = lived[index];
        if (outcome?.status === 'rejected')
          throw new Error(`${run}: ${String(outcome.reason)}`, { cause: outcome.reason });
      }
      await compareStates(drives);
      await worker.kill();
      await compareReaders(drives);
      console.log(`${drives.length} runs: ${summaryOf(drives)}`);
    }
    const { values } = await baton.metrics.seqMismatch.get();
    expect(values.map(({ value }) => value)).toEqual([0]);
  },
);

/** Two kills for each lot of runs, at moments that the seed gives. */
async function killNowAndThen(signal: AbortSignal): Promise<void> {
  const [pauses = []] = fc.sample(fc.array(fc.integer({ min: 300, max: 4_000 }), { minLength: 2, maxLength: 2 }), {
    seed,
    numRuns: 1,
  });
  for (const pause of pauses) {
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await worker.kill();
    await worker.start();
  }
}

/** What the workflow says of itself is what its history says. */
async function compareStates(drives: readonly Drive[]): Promise<void> {
  for (const { run } of drives) {
    const asked = await client.workflow.getHandle(run).query('state');
    expect({ run, state: asked }).toEqual({ run, state: await stateBeforeEnd(client, baton.config, run) });
  }
}

/** Who was there from the beginning, who comes late to the same gateway, and who comes to a cold one without any worker. */
async function compareReaders(drives: readonly Drive[]): Promise<void> {
  const cold = await baton.startEngine();
  try {
    for (const { run, log, plan } of drives) {
      expect({ run, violations: checkLog(log, plan.scripts) }).toEqual({ run, violations: [] });
      const middle = Math.floor(log.length / 2);
      expect(await readLog(baton.engine, run, middle, 7)).toEqual(log.slice(middle));
      const [late, other] = await Promise.all([readLog(cold, run, 0, 1_000), readLog(cold, run, middle, 3)]);
      expect(late).toEqual(log);
      expect(other).toEqual(log.slice(middle));
    }
  } finally {
    await cold.close();
  }
}

function summaryOf(drives: readonly Drive[]): string {
  const counts = new Map<string, number>();
  for (const { log } of drives) for (const { type } of log) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}
