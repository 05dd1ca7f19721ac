/** The product as `npm start` runs it, in the contract's environment, with the client of its section 7. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startProduct, type Product } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { isStep, record, ScamRig } from './rig.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let product: Product;
let rig: ScamRig;
beforeAll(async () => {
  const settings = {
    AUTH_TOKEN: 'scam-token',
    AUTH_JWT_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    BATON_RATE_LIMIT: '0',
  };
  product = await startProduct(settings, { token: 'scam-token', args: ['--split'] });
  rig = new ScamRig(product.url, 'scam-token');
});
afterAll(() => product.stop());

/** The existing web client, which skips heartbeats, and the app's struct: what does not decode is dropped. */
class AppClient {
  bar = 0;
  status = '';
  alert: string | null = null;
  readonly dropped: unknown[] = [];
  readonly ended: Promise<number>;

  constructor(id: string) {
    const url = `${product.url.replace('http', 'ws')}/ws/agent-progress/${id}`;
    const ws = new WebSocket(url, { headers: { authorization: 'Bearer scam-token' } });
    ws.on('message', (data: Buffer) => this.received(JSON.parse(data.toString('utf8')) as Record<string, unknown>));
    this.ended = new Promise((resolve) => ws.on('close', (code) => resolve(code)));
  }

  private received(frame: Record<string, unknown>): void {
    const { step, tool, message, timestamp, percent, error, heartbeat } = frame;
    const isText = [step, tool, message, timestamp].every((each) => each == null || typeof each === 'string');
    const isFlag = [error, heartbeat].every((each) => each === undefined || typeof each === 'boolean');
    if (!isText || !isFlag || (percent !== undefined && !Number.isInteger(percent))) {
      this.dropped.push(frame);
      return;
    }
    if (heartbeat === true) return;
    this.bar = Number(percent) / 100;
    this.status = String(message);
    if (step === 'completed') this.alert = this.status;
  }
}

test('an app that knows the address alone shows the bar to its end, the worker killed on the way', async () => {
  const id = unique('t');
  const app = new AppClient(id);
  await until('the app to be connected', () => app.status.includes(id));
  const worker = product.launched.pidOf('worker');
  process.kill(worker, 'SIGKILL');
  expect(
    (await rig.analyze(id, 'Final notice: pay by gift card at http://paypal-refund.xyz/ or +1 900 555 0147')).status,
  ).toBe(202);
  expect(await app.ended).toBe(1000);
  expect(app).toMatchObject({ bar: 1, alert: 'Check finished: high risk', dropped: [] });
  expect(product.launched.pidOf('worker')).not.toBe(worker);
});

test('a gateway that was killed is back with every record', async () => {
  const id = unique('t');
  const first = new AppClient(id);
  await until('the app to be connected', () => first.status.includes(id));
  await rig.publish(id, record('scam_db', 35));
  await until('the record', () => first.bar === 0.35);
  const gateway = product.launched.pidOf('gateway');
  process.kill(gateway, 'SIGKILL');
  expect(await first.ended).toBe(1006);
  await until('the gateway to be back', async () => {
    const isUp = await fetch(`${product.url}/readyz`)
      .then(({ ok }) => ok)
      .catch(() => false);
    return isUp && product.launched.pidOf('gateway') !== gateway;
  });
  const second = new AppClient(id);
  await until('the stored record', () => second.bar === 0.35);
  await rig.publish(id, record('completed', 100, 'All done'));
  expect(await second.ended).toBe(1000);
  expect(second.alert).toBe('All done');
});

test.runIf(process.platform !== 'win32')(
  'a task that no worker has taken yet is queued, and goes on when one is there (4)',
  async () => {
    const worker = product.launched.pidOf('worker');
    process.kill(worker, 'SIGSTOP');
    try {
      const id = unique('t');
      const app = new AppClient(id);
      expect((await rig.analyze(id, 'hello')).status).toBe(202);
      expect(await rig.task(id)).toMatchObject({ status: 'queued', step: null, percent: 0 });
      expect((await rig.publish(`${id}-outside`, record('scam_db', 35))).status).toBe(202);
      process.kill(worker, 'SIGCONT');
      expect(await app.ended).toBe(1000);
      expect(app).toMatchObject({ bar: 1, alert: 'Check finished: no risk', dropped: [] });
      expect(await rig.task(id)).toMatchObject({ status: 'completed', step: 'completed', percent: 100 });
      const outside = new AppClient(`${id}-outside`);
      await until('what was published meanwhile', () => outside.bar === 0.35);
      await rig.publish(`${id}-outside`, record('completed', 100));
      expect(await outside.ended).toBe(1000);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
  },
);

test.runIf(process.platform === 'linux').each(['of a task that has begun', 'of a task that has not'])(
  'a thousand sockets %s cost the gateway less than 20 KB each',
  async (which) => {
    const residentBytes = () =>
      Number(
        /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${product.launched.pidOf('gateway')}/status`, 'utf8'))?.[1],
      ) * 1_024;
    const id = unique('t');
    if (which.endsWith('begun')) await rig.publish(id, record('scam_db', 10));
    const sockets: TestSocket[] = [];
    const open = async (count: number) => {
      for (let lot = 0; lot < count / 50; lot++)
        sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => rig.watch(`/${id}`)))));
      await Promise.all(sockets.map((socket) => socket.until(isStep('connected'))));
    };
    // What the first ones make the process load, and the room that looking them up takes for a moment, is not theirs.
    await open(1_000);
    const before = residentBytes();
    await open(1_000);
    expect((residentBytes() - before) / 1_000).toBeLessThan(20 * 1_024);
    for (const socket of sockets) socket.close();
  },
);
