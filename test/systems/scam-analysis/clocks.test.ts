/** The contract's clocks: at its own figures on the product, and shorter ones over the same code where those are long. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { contractClocks } from '../../../gateway/dialects/scam/clocks.ts';
import { hurriedClocks } from '../../fixtures/hurried-dialects/scam/dialect.ts';
import { startProduct, type Product } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { record, ScamRig, stepsOf, told } from './rig.ts';
import { busyMs } from '../../harness/busy.ts';

vi.setConfig({ testTimeout: 90_000 });

let product: Product;
let rig: ScamRig;
let hurried: ScamRig;
/** On an id that never begins, from the beginning of this file on. */
let waiting: TestSocket;
let closedAt: Promise<number>;
beforeAll(async () => {
  product = await startProduct();
  rig = new ScamRig(product.url);
  waiting = await rig.watch(`/${unique('never')}`);
  closedAt = waiting.closed.then(() => Date.now());
  // In the test's own process: nobody can wait for the product's minute and hour again and again.
  const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'hurried-dialects');
  hurried = new ScamRig((await product.startHurried(folder)).url);
});
afterAll(() => product.stop());

const isHeartbeat = ({ heartbeat }: Frame) => heartbeat === true;
const atMs = ({ timestamp }: Frame) => Date.parse(String(timestamp));

/** Between the connect and each heartbeat, milliseconds by the gateway's clock. */
function heartbeatsOf({ frames }: TestSocket): number[] {
  const [connected] = frames;
  if (!connected) throw new Error('not connected');
  return frames.filter(isHeartbeat).map((frame) => atMs(frame) - atMs(connected));
}

/** Not before its time; a busy machine may be late. */
function expectDue(ms: number, dueMs: number): void {
  expect(ms).toBeGreaterThan(dueMs - 100);
  expect(ms).toBeLessThan(dueMs + busyMs);
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

describe('hurried', () => {
  test('heartbeats go on at their interval, counted from the connect, whatever is told in between', async () => {
    const id = unique('t');
    const socket = await hurried.watch(`/${id}`);
    await hurried.publish(id, record('scam_db', 20));
    await expect.poll(() => socket.frames.filter(isHeartbeat).length).toBeGreaterThanOrEqual(3);
    for (const [index, time] of heartbeatsOf(socket).slice(0, 3).entries())
      expectDue(time, (index + 1) * hurriedClocks.heartbeatMs);
    socket.close();
  });

  test('only progress puts the idle timeout off, and the task goes on after it', async () => {
    const id = unique('t');
    const socket = await hurried.watch(`/${id}`);
    const begun = performance.now();
    let lastMs = 0;
    for (let count = 1; performance.now() - begun < 1.3 * hurriedClocks.idleMs; count++) {
      await hurried.publish(id, record('scam_db', Math.min(count, 99), `news ${count}`));
      await socket.until((frame) => frame['message'] === `news ${count}`);
      lastMs = performance.now();
    }
    expect(await socket.closed).toEqual({ code: 4408, reason: 'idle timeout' });
    expect(performance.now() - lastMs).toBeGreaterThanOrEqual(hurriedClocks.idleMs - 50);
    expect(await hurried.task(id)).toMatchObject({ status: 'running' });
    expect((await hurried.publish(id, record('completed', 100))).status).toBe(202);
  });

  test('of several tasks on one socket any one’s progress puts the idle timeout off', async () => {
    const [id, silent] = [unique('t'), unique('t')];
    const socket = await hurried.watch(`?task_ids=${id},${silent}`);
    const begun = performance.now();
    for (let count = 1; performance.now() - begun < 1.3 * hurriedClocks.idleMs; count++) {
      await hurried.publish(id, record('scam_db', Math.min(count, 99), `news ${count}`));
      await socket.until((frame) => frame['message'] === `news ${count}`);
    }
    expect(socket.ws.readyState).toBe(1);
    expect(await socket.closed).toMatchObject({ code: 4408 });
    // Of all tasks, so of none.
    const timestamp = expect.any(String) as string;
    expect(socket.frames.find(isHeartbeat)).toEqual({ heartbeat: true, timestamp, task_id: null });
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
    expect(told(within.frames)).toHaveLength(4);
  });

  test('of the records only the last ones are kept', async () => {
    const id = unique('t');
    for (let percent = 1; percent <= 8; percent++) await hurried.publish(id, record('scam_db', percent));
    const socket = await hurried.watch(`/${id}`);
    await socket.until(({ percent }) => percent === 8);
    expect(stepsOf(socket.frames).map(([, percent]) => percent)).toEqual([0, 4, 5, 6, 7, 8]);
    socket.close();
  });
});

test('an id that never begins is connected, has a heartbeat each 15 seconds, and is closed with 4408 at 60 (5)', async () => {
  expect(await waiting.closed).toEqual({ code: 4408, reason: 'idle timeout' });
  const [connected = {}, ...heartbeats] = waiting.frames;
  const closedAfterMs = (await closedAt) - atMs(connected);
  expect(closedAfterMs).toBeGreaterThanOrEqual(59_900);
  expect(closedAfterMs).toBeLessThan(60_000 + busyMs);
  expect(connected).toMatchObject({ step: 'connected', percent: 0 });
  expect([3, 4]).toContain(heartbeats.length);
  for (const frame of heartbeats)
    expect(frame).toEqual({ heartbeat: true, timestamp: expect.stringMatching(/\.\d{3}Z$/) as string });
  for (const [index, time] of heartbeatsOf(waiting).entries()) expectDue(time, (index + 1) * 15_000);
});
