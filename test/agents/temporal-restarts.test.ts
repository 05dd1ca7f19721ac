import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../runtime/config.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { startTemporal, type Temporal } from '../../server/temporal/start-temporal.ts';
import { until } from '../harness/until.ts';
import { AgentBench, testAgent } from './agent-bench.ts';

/** Of the running agent: how many events it has emitted, and how many it shall. */
let emitted = 0;
let wanted = Number.POSITIVE_INFINITY;
const agents = [
  testAgent('steady', async (ctx) => {
    for (; emitted < wanted; emitted++) {
      await ctx.emit('tick', { count: emitted });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { done: emitted };
  }),
];

let dataDir: string;
let temporal: Temporal;
const start = async (port: number) =>
  startTemporal({ dataDir, port, binary: await obtainServer(readConfig(process.env)) });

beforeEach(async () => {
  emitted = 0;
  wanted = Number.POSITIVE_INFINITY;
  dataDir = await mkdtemp(join(tmpdir(), 'baton-restart-'));
  temporal = await start(0);
});
afterEach(async () => {
  await temporal.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('a worker that is started while Temporal is away takes tasks once it is there', async () => {
  const { port, address } = temporal;
  await temporal.stop();
  const bench = await AgentBench.withoutWorker({ TEMPORAL_ADDRESS: address, LOG_LEVEL: 'silent' });
  let isUp = false;
  const starting = bench.addWorker(agents).then(() => {
    isUp = true;
  });
  expect(await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, 1_000, 'waits'))])).toBe('waits');
  temporal = await start(port);
  await until('the worker', () => isUp, 15_000);
  wanted = 3;
  expect((await bench.run('steady')).outcome).toMatchObject({ result: 3 });
  await bench.stop();
});

test('kill -9 of Temporal in mid-emit: the agent goes on, and every event is in the log exactly once', async () => {
  const { port, address } = temporal;
  const bench = await AgentBench.start(agents, { TEMPORAL_ADDRESS: address, LOG_LEVEL: 'silent' });
  const handle = await bench.begin('steady');
  for (let kills = 1; kills <= 2; kills++) {
    await until('some events', () => emitted > kills * 100);
    process.kill(temporal.pid, 'SIGKILL');
    await temporal.exited;
    await until('some more events', () => emitted > kills * 100 + 20);
    temporal = await start(port);
  }
  await until('the last events', () => emitted > 400);
  wanted = emitted + 10;
  const result = await handle.result();
  expect(result.failure).toBeNull();
  const events = await bench.events(result, handle.workflowId);
  expect(events.map(({ data }) => data['count'])).toEqual(Array.from({ length: wanted }, (_, count) => count));
  await bench.stop();
}, 90_000);
