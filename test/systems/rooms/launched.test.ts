/** The product as `npm start` runs it, with the client of the contract's section 7, and with kills. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchBaton, type Launched } from '../../harness/launched.ts';
import { temporalAddress, unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let dataDir: string;
let launched: Launched;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-rooms-'));
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    BATON_TASK_QUEUE: unique('rooms'),
    AUTH_TOKEN: 'rooms-token',
    CORS_ORIGINS: '*',
  };
  launched = await launchBaton(dataDir, ['--split'], environment);
});
afterAll(async () => {
  launched.signal('SIGTERM');
  await launched.ended;
  rmSync(dataDir, { recursive: true, force: true });
});

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
    this.socket = io(launched.api.replace('http', 'ws'), { query: { requestId }, auth: { token: 'rooms-token' } });
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
  process.kill(launched.pidOf('worker'), 'SIGKILL');
  process.kill(launched.pidOf('gateway'), 'SIGKILL');
  await until('the loss', () => front.lost > 0);
  front.steps.clear();
  await until('the state after the return', () => front.states > 1);
  expect(front.steps.get(1)).toEqual({ status: 'completed', result: { expression: '6*7', value: 42 } });
  expect(front.steps.get(2)?.status).toBe('running');
  const isSecondAttempt = async () => (await heartbeatOf(requestId)).includes('"attempt":2');
  await until('the next worker', async () => front.result ?? (await isSecondAttempt()), 40_000);
  const tookOver = performance.now();
  await until('the result', () => front.result, 40_000);
  expect(front.result).toMatchObject({ status: 'completed', answer: `6*7 = 42; waited ${waitMs} ms` });
  expect(performance.now() - tookOver, 'begun anew it would take its time once more').toBeLessThan(waitMs - 1_000);
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
