/** Random runs of each system, their worker and gateway killed at random moments: every law of its contract holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { startParts, writeBundle, type Part, type Parts } from '../harness/part.ts';
import { unique } from '../harness/temporal-server.ts';
import { rounds } from '../harness/test-size.ts';
import { systems, systemSettings } from '../systems/drivers/all-systems.ts';
import { liveThrough, type Lived, type RunPlan } from '../systems/drivers/live-through.ts';
import { falls, type SystemDriver } from '../systems/drivers/system-driver.ts';

const runs = rounds(4, 200);
const runsAtOnce = rounds(4, 10);
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);

// A busy machine takes its time.
vi.setConfig({ testTimeout: rounds(3, 40) * 60_000, hookTimeout: 120_000 });

let temporal: OwnTemporal;
let parts: Parts;
let site: Site;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-systems-'));
  temporal = await startOwnTemporal();
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: 'systems',
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
    ...systemSettings,
  };
  site = await startSite({ pages: 12, delayMs: 20 });
  parts = await startParts(environment);
});
afterAll(async () => {
  await parts.stop();
  await site.stop();
  await temporal.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const base = () => `http://127.0.0.1:${parts.gateway.port}`;

describe.each(systems)('$name', (system) => {
  test(`${runs} random runs (seed ${seed}) break no law, whatever is killed`, async () => {
    const plans = fc.sample(planOf(system), { seed, numRuns: runs });
    const kills = fc.sample(fc.record({ victim: fc.constantFrom('worker', 'gateway'), afterMs: fc.nat(1_500) }), {
      seed,
      numRuns: runs,
    });
    for (let from = 0; from < plans.length; from += runsAtOnce) {
      const lot = plans.slice(from, from + runsAtOnce);
      const living = Promise.all(
        lot.map((plan, index) =>
          liveThrough(system, plan, { base, site: site.url, id: unique(`${system.name}-${seed}-${from + index}`) }),
        ),
      );
      for (const { victim, afterMs } of kills.slice(from, from + 2)) {
        await delay(afterMs);
        await restart(parts[victim]);
      }
      for (const [index, lived] of (await living).entries()) {
        const plan = lot[index] as RunPlan;
        const broken = await brokenLaws(system, plan, lived);
        expect({ id: lived.id, plan, broken }).toEqual({ id: lived.id, plan, broken: [] });
      }
    }
  });
});

function planOf({ kinds }: SystemDriver): fc.Arbitrary<RunPlan> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    cancelAfterMs: fc.option(fc.nat(2_000), { freq: 4, nil: null }),
    isAnswered: fc.boolean(),
    watchesFirst: fc.boolean(),
  });
}

async function restart(part: Part): Promise<void> {
  await part.kill();
  await part.start();
}

async function brokenLaws(system: SystemDriver, plan: RunPlan, { id, connections }: Lived): Promise<string[]> {
  const { tellsHistory, resumes } = system;
  const bars = connections.flatMap(({ frames }) => frames).flatMap((frame) => system.progressOf?.(frame) ?? []);
  // Whoever is told the history again sees the bar from its beginning.
  const faults = tellsHistory && !resumes ? [] : falls(bars, 'the bar');
  const [only, ...others] = connections;
  if (!tellsHistory) {
    const sawAll = plan.watchesFirst && only !== undefined && others.length === 0;
    return sawAll ? [...faults, ...system.broken(only.frames)] : faults;
  }
  const whole = await system.watch(base(), id);
  await whole.ended();
  whole.drop();
  faults.push(...system.broken(whole.frames));
  if (resumes) {
    const told = connections.flatMap((watcher) => watcher.story()).map((frame) => JSON.stringify(frame));
    const story = whole.story().map((frame) => JSON.stringify(frame));
    if (told.join('\n') !== story.join('\n'))
      faults.push(`told ${told.length} frames over all connections, of ${story.length}`);
  }
  return faults;
}
