/** How the system stands, and what is wrong with it, as the console will ask for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonClient } from '../../client/index.ts';
import { findingsSchema, type Findings } from '../../protocol/schemas/findings.ts';
import { systemSchema, type System } from '../../protocol/schemas/system.ts';
import { serverVersion } from '../../runtime/server-version.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { startOwnTemporal } from '../harness/own-temporal.ts';
import { TestSocket } from '../harness/test-socket.ts';
import { unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

const tokens = { AUTH_TOKEN: 'olga:ops:olga-token,ann:client:ann-token', LOG_LEVEL: 'error' };
const queue = unique('system');
let gateway: TestGateway;
let ops: Api;
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { ...tokens, BATON_TASK_QUEUE: queue } });
  ops = new Api(gateway.url, 'olga-token');
});
afterAll(() => gateway.stop());

async function system(api = ops): Promise<System> {
  const { status, body } = await api.get('/v1/system');
  expect(status, JSON.stringify(body)).toBe(200);
  return systemSchema.parse(body);
}

async function doctor(api = ops): Promise<Findings> {
  const { status, body } = await api.get('/v1/system/doctor');
  expect(status, JSON.stringify(body)).toBe(200);
  return findingsSchema.parse(body);
}

test('each task queue tells who works on it, with which build and how many slots, and what waits', async () => {
  const worker = await until(
    'the worker has told of its slots',
    async () => {
      const found = (await system()).taskQueues.find(({ name }) => name === queue)?.workers[0];
      return found?.slots?.workflowTasks && found.slots.activities ? found : null;
    },
    30_000,
  );
  expect(worker.identity).toContain(String(process.pid));
  expect(worker.build).toMatch(/^[0-9a-f]{12}$/);
  expect(Date.now() - Date.parse(worker.lastSeenAt)).toBeLessThan(90_000);
  expect(worker.slots?.activities?.free).toBeGreaterThan(0);
  const { temporal, taskQueues } = await system();
  expect(temporal).toMatchObject({ reachable: true, answerMs: expect.any(Number) as number });
  if (process.env['TEMPORAL_ADDRESS'] === undefined) expect(temporal.version).toBe(serverVersion);
  expect(temporal.retentionDays).toBeGreaterThan(0);
  expect(taskQueues.find(({ name }) => name === queue)?.backlog).toEqual({ count: 0, ageMs: 0 });
});

test('the gateway tells of its sockets, the runs that it follows, and how fast events reach clients', async () => {
  const socket = await TestSocket.open(gateway.wsUrl, { headers: { authorization: 'Bearer olga-token' } });
  const run = await ops.script([{ script: [{ do: 'emit', count: 3 }, { do: 'hold' }] }]);
  await socket.request('subscribe', { run });
  await socket.until(({ event }) => (event as { type?: string } | undefined)?.type === 'agent.emitted');
  const { gateway: told } = await until('the run is followed', async () => {
    const now = await system();
    return now.gateway.runsHeld > 0 ? now : null;
  });
  expect(told).toMatchObject({ process: process.pid, sockets: { native: 1, max: 20_000 }, subscriptions: 1 });
  expect(Date.parse(told.startedAt)).toBeLessThan(Date.now());
  expect(told.recent.eventsPerSecond).toBeGreaterThan(0);
  expect(told.recent.requestsPerSecond).toBeGreaterThan(0);
  const { count, p50Ms, p95Ms } = told.recent.delivery;
  expect(count).toBeGreaterThan(0);
  expect(p95Ms).toBeGreaterThanOrEqual(p50Ms ?? Infinity);
  socket.ws.close();
  await socket.closed;
  expect((await system()).gateway.sockets.native).toBe(0);
  await ops.post(`/v1/runs/${run}/cancel`, {});
});

test('gateways on one data folder tell of each other, whichever answers', async () => {
  const other = await gateway.startSecond();
  const knowsBoth = async (api: Api) => {
    const now = await system(api);
    return now.gateways.length === 2 ? now : null;
  };
  const here = await until('the first to know of the other', () => knowsBoth(ops));
  await until('the other to know of the first', () => knowsBoth(new Api(other.url, 'olga-token')));
  expect(here.gateways[0]).toEqual(here.gateway);
  expect(here.gateways.map(({ process: pid }) => pid)).toEqual([process.pid, process.pid]);
  await other.surface.stop();
  expect((await system()).gateways).toHaveLength(1);
});

test('doctor’s findings come over HTTP, and the client has both', async () => {
  const findings = await doctor();
  // The namespace may have runs of other tests, under their keys.
  const faults = findings.items.filter(({ verdict, check }) => verdict === 'fault' && check !== 'encryption');
  expect(faults).toEqual([]);
  const checks = findings.items.map(({ check }) => check);
  const looked = ['versions', 'data-folder', 'disk', 'gateway', 'temporal', 'namespace', 'search-attributes'];
  expect(checks).toEqual(expect.arrayContaining([...looked, `task-queue ${queue}`, 'encryption', 'model']));
  const client = new BatonClient({ url: gateway.url, token: 'olga-token' });
  expect(await client.doctor()).toEqual(findings);
  expect((await client.system()).taskQueues.map(({ name }) => name)).toContain(queue);
  client.close();
});

test('only ops may ask', async () => {
  const ann = new Api(gateway.url, 'ann-token');
  for (const path of ['/v1/system', '/v1/system/doctor'])
    expect(await ann.get(path), path).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('a queue that nobody serves is a fault with a remedy', async () => {
  const idle = await startTestGateway({ worker: false, settings: { LOG_LEVEL: 'error' } });
  try {
    const api = new Api(idle.url);
    const name = idle.baton.config.BATON_TASK_QUEUE;
    expect((await system(api)).taskQueues.find((each) => each.name === name)).toMatchObject({ workers: [] });
    const { verdict, items } = await doctor(api);
    expect(verdict).toBe('fault');
    expect(items.find(({ check }) => check === `task-queue ${name}`)).toMatchObject({
      verdict: 'fault',
      remedy: expect.stringContaining('start a worker') as string,
    });
  } finally {
    await idle.stop();
  }
});

test('where Temporal does not answer, both say so and are no error', async () => {
  const temporal = await startOwnTemporal();
  const settings = { LOG_LEVEL: 'silent', TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' };
  const cut = await startTestGateway({ worker: false, settings });
  try {
    const api = new Api(cut.url);
    expect((await system(api)).temporal).toMatchObject({ address: temporal.address, reachable: true });
    await temporal.kill();
    const { taskQueues } = await until('it is seen', async () => {
      const now = await system(api);
      return now.temporal.reachable ? null : now;
    });
    expect(taskQueues).toEqual([]);
    expect((await doctor(api)).items.find(({ check }) => check === 'temporal')).toMatchObject({ verdict: 'fault' });
    await temporal.restart();
    await until('it is back', async () => (await system(api)).temporal.reachable);
  } finally {
    await cut.stop();
    await temporal.stop();
  }
});
