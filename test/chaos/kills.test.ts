/**
 * Worker, gateway and Temporal server, killed with SIGKILL at random moments of runs that twenty clients watch, half of them
 * over connections that break all the time.
 *
 * How long a client waited for an event: from when it was durable (`recordedAt`) until the client had it, without the time
 * between the kill and the moment when what was killed is ready again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BatonClient } from '../../client/index.ts';
import { startCuttingProxy, type CuttingProxy } from '../harness/cutting-proxy.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { rounds } from '../harness/test-size.ts';
import { checkLog } from '../property/check-log.ts';
import { answerQuestions, longestWait, scripts } from './load.ts';
import { watchToEnd, type Watched } from './watcher.ts';

const watchers = 20;
/** Half of the clients lose their connections this often. */
const cutEveryMs = 700;
/** What a client may wait for an event that is durable, once everything is up. */
const waitMaxMs = rounds(20_000, 5_000);
const endsWithinMs = 90_000;
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 1_000_000_000);

// A busy machine takes its time.
vi.setConfig({ testTimeout: rounds(3, 30) * 60_000, hookTimeout: 120_000 });

let temporal: OwnTemporal;
let parts: Parts;
let proxy: CuttingProxy;
let dataDir: string;
/** Made through the proxy. */
let connections = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  temporal = await startOwnTemporal();
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: 'chaos',
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  parts = await startParts(environment);
  proxy = await startCuttingProxy(parts.gateway.port, () => {
    connections++;
    return Infinity;
  });
});
afterAll(async () => {
  await proxy.close();
  await parts.stop();
  await temporal.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const victims = {
  worker: async () => {
    await parts.worker.kill();
    await parts.worker.start();
  },
  gateway: async () => {
    await parts.gateway.kill();
    await parts.gateway.start();
  },
  'Temporal server': async () => {
    await temporal.kill();
    await temporal.restart();
  },
};

describe.each(Object.entries(victims))('kill -9 of the %s', (name, killAndRestart) => {
  const count = rounds(2, 20);
  const moments = fc.sample(fc.noBias(fc.integer({ min: 0, max: 3_000 })), { seed, numRuns: count });

  test.each(moments.map((atMs, round) => [round + 1, atMs]))(
    `round %i: at %i ms every client has every event once, and soon (seed ${seed})`,
    async (round, atMs) => {
      const url = `http://127.0.0.1:${parts.gateway.port}`;
      const run = `${name.replaceAll(' ', '-')}-${seed}-${round}`;
      const late = AbortSignal.timeout(endsWithinMs);
      const client = new BatonClient({ url });
      await client.start('script', { steps: scripts }, { id: run });
      const cutUrl = `http://127.0.0.1:${proxy.port}`;
      const connectionsBefore = connections;
      const cutting = setInterval(() => proxy.cutAll(), cutEveryMs);
      const watching = Array.from({ length: watchers }, (_, index) =>
        watchToEnd(index % 2 === 0 ? url : cutUrl, run, late),
      );
      const answering = answerQuestions(client, run, late);
      await delay(atMs);
      // This kill breaks all connections by itself. Who is cut again before he has caught up waits for his own line.
      if (name === 'gateway') clearInterval(cutting);
      const killedAtMs = Date.now();
      await killAndRestart();
      const upAtMs = Date.now();
      const all = await Promise.all(watching);
      clearInterval(cutting);
      await answering;
      client.close();

      const [first] = all as [Watched];
      expect(checkLog(first.events, scripts)).toEqual([]);
      expect(first.events.at(-1)?.type).toBe('run.completed');
      for (const watched of all) {
        expect(watched.gaps).toEqual([]);
        expect(watched.events).toEqual(first.events);
      }
      const reconnects = connections - connectionsBefore - watchers / 2;
      expect(reconnects).toBeGreaterThanOrEqual(watchers / 2);
      const longestMs = Math.max(...all.map((watched) => longestWait(watched, { killedAtMs, upAtMs })));
      console.log(
        `${name}, round ${round}: killed after ${atMs} ms, up again after ${upAtMs - killedAtMs} ms, ` +
          `${first.events.length} events, ${reconnects} connections broken, longest wait ${longestMs} ms`,
      );
      expect(longestMs).toBeLessThan(waitMaxMs);
    },
  );
});
