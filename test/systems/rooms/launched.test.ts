/** The product as `npm start` runs it, with the client of the contract's section 7, and with kills. */
import { Client, Connection } from '@temporalio/client';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startProduct, type Product } from '../../harness/product.ts';
import { temporalAddress, unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** A process that was killed is there again, on a machine that has much else to do. */
const comesBackMs = 60_000;
const token = 'rooms-token';
let product: Product;
beforeAll(async () => {
  product = await startProduct({ AUTH_TOKEN: token, CORS_ORIGINS: '*' }, { token, args: ['--split'] });
});
afterAll(() => product.stop());

/** As the front end reads it, whatever it is. */
interface ProgressEvent {
  type: string;
  agent: string;
  status: string;
  step: number;
  data: { result?: unknown };
  result: Record<string, unknown>;
}

/** The existing front end: it knows the address, listens to `progress` and `state` alone, and draws steps. */
class FrontEnd {
  readonly socket: Socket;
  readonly steps = new Map<number, { status: string; result?: unknown }>();
  result: Record<string, unknown> | null = null;
  states = 0;
  lost = 0;

  constructor(requestId: string) {
    this.socket = io(product.url.replace('http', 'ws'), { query: { requestId }, auth: { token } });
    this.socket.on('connect', () => {
      this.socket.emit('rejoin', { requestId });
      this.socket.once('state', (state: { plan: { steps: { order: number; status: string; result?: unknown }[] } }) => {
        this.states++;
        for (const { order, status, result } of state.plan.steps) this.steps.set(order, { status, result });
      });
    });
    this.socket.on('disconnect', () => this.lost++);
    this.socket.on('progress', (event: ProgressEvent) => {
      if (event.agent === 'executor-agent' && event.status === 'running')
        this.steps.set(event.step, { status: 'running' });
      if (event.status === 'completed') this.steps.set(event.step, { status: 'completed', result: event.data.result });
      if (event.type === 'request.completed') this.result = event.result;
    });
  }

  start(requestId: string, userQuery: string): void {
    this.socket.emit('start', { requestId, userQuery, context: {} });
  }
}

test('the existing front end works by address alone: each step runs to completed, and a final result arrives', async () => {
  const requestId = unique('rq');
  const front = new FrontEnd(requestId);
  front.start(requestId, 'calculate 6*7; wait 100ms; summarize');
  await until('the result', () => front.result);
  expect([...front.steps.keys()]).toEqual([1, 2, 3]);
  expect([...front.steps.values()].every(({ status }) => status === 'completed')).toBe(true);
  expect(front.steps.get(1)?.result).toEqual({ expression: '6*7', value: 42 });
  expect(front.result).toMatchObject({ status: 'completed', answer: '6*7 = 42; waited 100 ms' });
  front.socket.disconnect();
});

test('a wait goes on where it was after its worker was killed, and clients come back to a killed gateway', async () => {
  const requestId = unique('rq');
  const waitMs = 12_000;
  const front = new FrontEnd(requestId);
  front.start(requestId, `calculate 6*7; wait ${waitMs} ms; summarize`);
  await until('the wait', () => front.steps.get(2)?.status === 'running');
  await until('its checkpoint on the server', async () => (await heartbeatOf(requestId)).includes('"waitsUntilMs":1'));
  process.kill(product.launched.pidOf('worker'), 'SIGKILL');
  process.kill(product.launched.pidOf('gateway'), 'SIGKILL');
  await until('the loss', () => front.lost > 0);
  front.steps.clear();
  await until('the state after the return', () => front.states > 1, comesBackMs);
  expect(front.steps.get(1)).toEqual({ status: 'completed', result: { expression: '6*7', value: 42 } });
  expect(front.steps.get(2)?.status).toBe('running');
  const isSecondAttempt = async () => (await heartbeatOf(requestId)).includes('"attempt":2');
  await until('the next worker', async () => front.result ?? (await isSecondAttempt()), comesBackMs);
  const tookOver = performance.now();
  await until('the result', () => front.result, comesBackMs);
  expect(front.result).toMatchObject({ status: 'completed', answer: `6*7 = 42; waited ${waitMs} ms` });
  expect(performance.now() - tookOver, 'begun anew it would take its time once more').toBeLessThan(waitMs - 1_000);
  front.socket.disconnect();
});

test('a request that is started while no worker runs is pending, and goes on as soon as one does', async () => {
  const requestId = unique('rq');
  const { launched } = product;
  await until('the worker', () => launched.processes().some(({ role }) => role === 'worker'), comesBackMs);
  process.kill(launched.pidOf('worker'), 'SIGKILL');
  const begun = await product.api.post('/api/requests', { requestId, userQuery: 'calculate 6*7' });
  expect([begun.status, begun.body]).toEqual([202, { requestId, status: 'pending' }]);
  const front = new FrontEnd(requestId);
  await until('the state', () => front.states > 0);
  await until('the result', () => front.result, comesBackMs);
  expect(front.result).toMatchObject({ status: 'completed', answer: '42' });
  expect(front.states, 'one state for one rejoin').toBe(1);
  front.socket.disconnect();
});

/** What the executor last said of itself; empty where it does not work. */
async function heartbeatOf(requestId: string): Promise<string> {
  const connection = await Connection.connect({ address: temporalAddress() });
  try {
    const { raw } = await new Client({ connection }).workflow.getHandle(`rooms:${requestId}`).describe();
    const details = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data ?? new Uint8Array();
    return Buffer.from(details).toString();
  } finally {
    await connection.close();
  }
}
