/** The contract's clocks: its own figures where they are short, shorter ones over the same code where they are long. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../gateway/create-engine.ts';
import { contractClocks } from '../../../gateway/dialects/scam/clocks.ts';
import { createMetrics } from '../../../gateway/metrics/metrics.ts';
import { startSurface } from '../../../gateway/surface.ts';
import { inProcessBus } from '../../../runtime/live-bus.ts';
import { createLog } from '../../../runtime/log.ts';
import { hurriedClocks } from '../../fixtures/hurried-dialects/scam/dialect.ts';
import { startCuttingProxy } from '../../harness/cutting-proxy.ts';
import { startTestGateway, type TestGateway } from '../../harness/gateway.ts';
import { temporalAddress, testConfig, unique } from '../../harness/temporal-server.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import { isStep, record, ScamRig, stepsOf } from './rig.ts';

const hurriedFolder = join(import.meta.dirname, '..', '..', 'fixtures', 'hurried-dialects');
const log = createLog('test', 'silent');

let gateway: TestGateway;
let rig: ScamRig;
let hurried: ScamRig;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  rig = new ScamRig(gateway.url);
  const { config, engine, metrics } = gateway.baton;
  const surface = await startSurface({ config, engine, metrics, log, dialectFolders: [hurriedFolder] });
  stops.push(() => surface.stop());
  hurried = new ScamRig(`http://127.0.0.1:${surface.port}`);
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await gateway.stop();
});

/** When each heartbeat comes, milliseconds after the connect. */
function heartbeatsOf(socket: TestSocket): number[] {
  const begun = performance.now();
  const times: number[] = [];
  socket.ws.on('message', (data: Buffer) => {
    if (data.toString('utf8').includes('"heartbeat":true')) times.push(performance.now() - begun);
  });
  return times;
}

/** A gateway of its own whose way to Temporal can be cut. */
async function cutOff(folders?: readonly string[]) {
  const port = Number(temporalAddress().split(':').at(-1));
  const proxy = await startCuttingProxy(port);
  const config = testConfig({
    TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}`,
    BATON_DATA_DIR: gateway.baton.config.dataDir,
    BATON_TASK_QUEUE: gateway.baton.config.BATON_TASK_QUEUE,
  });
  const metrics = createMetrics();
  const engine = await createEngine(config, { bus: inProcessBus(), log, metrics });
  const surface = await startSurface({ config, engine, metrics, log, ...(folders ? { dialectFolders: folders } : {}) });
  stops.push(async () => {
    await surface.stop();
    await engine.close();
    await proxy.close();
  });
  return {
    rig: new ScamRig(`http://127.0.0.1:${surface.port}`),
    cut: () => {
      // Nobody listens there.
      proxy.targetPort = 1;
      proxy.cutAll();
    },
    mend: () => {
      proxy.targetPort = port;
    },
  };
}

test('the clocks are the contract’s', () => {
  expect(contractClocks).toMatchObject({
    heartbeatMs: 15_000,
    idleMs: 60_000,
    unreachableMs: 10_000,
    historyMs: 3_600_000,
    historyRecords: 200,
  });
});

describe.concurrent('at their real figures', () => {
  test('a heartbeat comes 15 seconds after the connect, without a step', async () => {
    const socket = await rig.watch(`/${unique('t')}`);
    const times = heartbeatsOf(socket);
    const frame = await socket.until(({ heartbeat }) => heartbeat === true, 17_000);
    expect(Object.keys(frame)).toEqual(['heartbeat', 'timestamp']);
    expect(Math.abs((times[0] ?? 0) - 15_000)).toBeLessThan(1_000);
    socket.close();
  });

  test('a new socket is told after 10 seconds that Temporal cannot be reached, and closed with 1011', async () => {
    const alone = await cutOff();
    alone.cut();
    const begun = performance.now();
    const socket = await alone.rig.watch(`/${unique('t')}`);
    await socket.until(isStep('connected'));
    expect(await socket.closed).toMatchObject({ code: 1011 });
    expect(Math.abs(performance.now() - begun - 10_000)).toBeLessThan(2_000);
    expect(socket.frames).toMatchObject([{ step: 'connected' }, { step: 'failed', error: true, tool: null }]);
  });
});

describe('hurried', () => {
  test('heartbeats go on at their interval, counted from the connect', async () => {
    const id = unique('t');
    const socket = await hurried.watch(`/${id}`);
    const times = heartbeatsOf(socket);
    await hurried.publish(id, record('scam_db', 20));
    await expect.poll(() => times.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
    times.slice(0, 3).forEach((time, index) => {
      expect(Math.abs(time - (index + 1) * hurriedClocks.heartbeatMs)).toBeLessThan(hurriedClocks.heartbeatMs / 2);
    });
    await socket.closed;
  });

  test('a socket on an id that never begins is closed with 4408, after three or four heartbeats', async () => {
    const begun = performance.now();
    const socket = await hurried.watch(`/${unique('t')}`);
    expect(await socket.closed).toEqual({ code: 4408, reason: 'idle timeout' });
    const tookMs = performance.now() - begun;
    expect(tookMs).toBeGreaterThanOrEqual(hurriedClocks.idleMs - 20);
    expect(tookMs).toBeLessThan(hurriedClocks.idleMs + 1_500);
    const heartbeats = socket.frames.filter(({ heartbeat }) => heartbeat === true).length;
    expect([3, 4]).toContain(heartbeats);
  });

  test('only progress puts the idle timeout off, and the task goes on after it', async () => {
    const id = unique('t');
    const socket = await hurried.watch(`/${id}`);
    const begun = performance.now();
    let lastMs = 0;
    for (let percent = 1; performance.now() - begun < 1.3 * hurriedClocks.idleMs; percent++) {
      await hurried.publish(id, record('scam_db', percent));
      await socket.until((frame) => frame['percent'] === percent);
      lastMs = performance.now();
    }
    expect(await socket.closed).toMatchObject({ code: 4408 });
    expect(performance.now() - lastMs).toBeGreaterThanOrEqual(hurriedClocks.idleMs - 50);
    expect(await hurried.task(id)).toMatchObject({ status: 'running' });
    expect((await hurried.publish(id, record('completed', 100))).status).toBe(202);
  });

  test('after its time an ended task’s records are gone, but not its end', async () => {
    const id = unique('t');
    for (const percent of [10, 20]) await hurried.publish(id, record('scam_db', percent));
    await hurried.publish(id, record('completed', 100));
    await expect.poll(async () => (await hurried.task(id))['status']).toBe('completed');
    const late = await hurried.watch(`/${id}`);
    expect(await late.closed).toMatchObject({ code: 1000 });
    expect(stepsOf(late.frames)).toEqual([
      ['connected', 0],
      ['completed', 100],
    ]);
    const within = await rig.watch(`/${id}`);
    await within.closed;
    expect(within.frames).toHaveLength(4);
  });

  test('of the records only the last ones are kept', async () => {
    const id = unique('t');
    for (let percent = 1; percent <= 8; percent++) await hurried.publish(id, record('scam_db', percent));
    const socket = await hurried.watch(`/${id}`);
    await socket.until(({ percent }) => percent === 8);
    expect(stepsOf(socket.frames).map(([, percent]) => percent)).toEqual([0, 4, 5, 6, 7, 8]);
    socket.close();
  });

  test('while Temporal is away open sockets stay, and go on when it is back', async () => {
    const alone = await cutOff([hurriedFolder]);
    const id = unique('t');
    await hurried.publish(id, record('scam_db', 10));
    const watching = await alone.rig.watch(`/${id}`);
    await watching.until(({ percent }) => percent === 10);
    alone.cut();
    const refused = await alone.rig.watch(`/${unique('t')}`);
    expect(await refused.closed).toMatchObject({ code: 1011 });
    alone.mend();
    await hurried.publish(id, record('completed', 100));
    expect(await watching.closed).toMatchObject({ code: 1000 });
    expect(stepsOf(watching.frames.filter(({ heartbeat }) => heartbeat !== true))).toEqual([
      ['connected', 0],
      ['scam_db', 10],
      ['completed', 100],
    ]);
  });
});

test.each([1, 60])(
  '%d sockets that wait at a gateway that no bus reaches hear of the begin within seconds',
  async (count) => {
    const alone = await cutOff();
    const ids = Array.from({ length: count }, () => unique('t'));
    const sockets = await Promise.all(ids.map((id) => alone.rig.watch(`/${id}`)));
    await Promise.all(sockets.map((socket) => socket.until(isStep('connected'))));
    const chosen = [ids[0] ?? '', ids.at(-1) ?? ''];
    for (const id of new Set(chosen)) await rig.analyze(id, 'hello');
    for (const socket of [sockets[0], sockets.at(-1)]) {
      expect(await socket?.closed).toMatchObject({ code: 1000 });
      expect(stepsOf(socket?.frames ?? [])).toHaveLength(4);
    }
    for (const socket of sockets) socket.close();
  },
);
