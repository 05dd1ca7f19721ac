/** What the contract's fault table (5) says. */
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderName } from '../../../stores/blobs/folder-name.ts';
import { startCuttingProxy, type CuttingProxy } from '../../harness/cutting-proxy.ts';
import { startProduct, type Product, type ProductGateway } from '../../harness/product.ts';
import { temporalAddress, unique } from '../../harness/temporal-server.ts';
import type { TestSocket } from '../../harness/test-socket.ts';
import { isStep, loggedEnd, record, ScamRig, stepsOf, told } from './rig.ts';
import { busyMs } from '../../harness/busy.ts';

let product: Product;
let rig: ScamRig;
beforeAll(async () => {
  product = await startProduct();
  rig = new ScamRig(product.url);
});
afterAll(() => product.stop());

const logs = (task: string, code: number) => expect.poll(() => loggedEnd(product.dataDir, task, code)).toBe(true);

describe('a malformed id', () => {
  test.each(['a%20b', 'x'.repeat(129), '%E4', 'a%2Fb', 'a/b', 't%C3%A4sk', ''])(
    '%j is told as failed, and closed with 1008',
    async (id) => {
      const socket = await rig.watch(`/${id}`);
      expect(await socket.closed).toMatchObject({ code: 1008 });
      expect(told(socket.frames)).toEqual([
        {
          step: 'failed',
          tool: null,
          message: expect.stringContaining('malformed') as string,
          percent: 0,
          timestamp: expect.stringMatching(/\.\d{3}Z$/) as string,
          error: true,
        },
      ]);
    },
  );

  test('is logged with the id and the cause', async () => {
    await (
      await rig.watch('/bad%20id')
    ).closed;
    await logs('bad id', 1008);
  });

  test('of the greatest length and with every character that is allowed is none', async () => {
    const socket = await rig.watch(`/${'aZ9._:-'.padEnd(128, 'x')}`);
    expect(await socket.until(isStep('connected'))).toMatchObject({ task_id: 'aZ9._:-'.padEnd(128, 'x') });
    socket.close();
  });
});

test('an agent that fails fails the task: the percent stays, and the socket is closed with 1000', async () => {
  const id = unique('t');
  // What is too large for an event goes into the run's folder, and there cannot be one.
  const blobs = join(product.dataDir, 'blobs');
  await mkdir(blobs, { recursive: true });
  await writeFile(join(blobs, folderName(`scam:${id}`)), '');
  const name = ['x', 'y', 'z'].map((letter) => letter.repeat(55)).join('.');
  const hosts = Array.from({ length: 20 }, (_, index) => `${name}.n${index}.paypal-secure.xyz`);
  const socket = await rig.watch(`/${id}`);
  await rig.analyze(id, hosts.map((host) => `http://${host}/ ann@${host}`).join(' '));
  expect(await socket.closed).toMatchObject({ code: 1000 });
  const [beforeLast, last] = told(socket.frames).slice(-2);
  expect(beforeLast).toMatchObject({ step: 'reasoning', percent: 90 });
  expect(last).toEqual({
    step: 'failed',
    tool: null,
    message: expect.stringMatching(/^Check failed: ./) as string,
    percent: 90,
    timestamp: expect.stringMatching(/\.\d{3}Z$/) as string,
    error: true,
  });
  expect(await rig.task(id)).toMatchObject({ status: 'failed', percent: 90, error: last?.['message'] });
  await rm(join(blobs, folderName(`scam:${id}`)));
});

test('frames of a client are ignored, and one over 64 KiB closes with 1009, logged with the task', async () => {
  const id = unique('t');
  const socket = await rig.watch(`/${id}`);
  for (const frame of ['hello', '{"step":"completed"}', 'x'.repeat(64 * 1_024)]) socket.send(frame);
  socket.ws.send(Buffer.from([0, 255]), { binary: true });
  await rig.publish(id, record('scam_db', 20));
  await socket.until(({ percent }) => percent === 20);
  expect(told(socket.frames)).toHaveLength(2);
  socket.send('x'.repeat(64 * 1_024 + 1));
  expect(await socket.closed).toMatchObject({ code: 1009 });
  await logs(id, 1009);
});

test('a client that drops is let go at once, and others hear on', async () => {
  const id = unique('t');
  await rig.publish(id, record('scam_db', 10));
  const [one, two] = [await rig.watch(`/${id}`), await rig.watch(`/${id}`)];
  await Promise.all([one, two].map((socket) => socket.until(({ percent }) => percent === 10)));
  one.close();
  await expect.poll(async () => (await rig.publish(id, record('scam_db', 20))).body['delivered']).toBe(1);
  await rig.publish(id, record('completed', 100));
  expect(await two.closed).toMatchObject({ code: 1000 });
  expect(stepsOf(two.frames).at(-1)).toEqual(['completed', 100]);
});

// The kernel takes the first megabytes for it: many records are needed.
test(
  'a client that does not read is closed with 1013 once more than a megabyte waits for it (3)',
  { timeout: 120_000 },
  async () => {
    const id = unique('t');
    // As large as a record may be: three bytes a character.
    const publish = (index: number) => rig.publish(id, record('scam_db', 20, `${index} ${'仮'.repeat(1_990)}`));
    await publish(0);
    const socket = await rig.watch(`/${id}`);
    await socket.until(({ percent }) => percent === 20);
    const reader = await rig.watch(`/${id}`);
    socket.ws.pause();
    const isClosed = () => loggedEnd(product.dataDir, id, 1013);
    for (let from = 1; from <= 3_000 && !isClosed(); from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => publish(from + index)));
    await logs(id, 1013);
    socket.ws.resume();
    expect(await socket.closed).toMatchObject({ code: 1013 });
    await rig.publish(id, record('completed', 100));
    expect(await reader.closed).toMatchObject({ code: 1000 });
  },
);

describe('a gateway whose way to Temporal is cut, and that no bus reaches', () => {
  const temporalPort = Number(temporalAddress().split(':').at(-1));
  let proxy: CuttingProxy;
  let gateway: ProductGateway & { output(): string };
  let alone: ScamRig;
  beforeAll(async () => {
    proxy = await startCuttingProxy(temporalPort);
    gateway = await product.startGateway({ TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}` });
    alone = new ScamRig(gateway.url);
  });
  afterAll(async () => {
    await gateway.stop();
    await proxy.close();
  });

  test.each([1, 60])('%d sockets that wait for a begin hear of it within seconds (4)', async (count) => {
    const ids = Array.from({ length: count }, () => unique('t'));
    const sockets = await Promise.all(ids.map((id) => alone.watch(`/${id}`)));
    await Promise.all(sockets.map((socket) => socket.until(isStep('connected'))));
    for (const id of new Set([ids[0] ?? '', ids.at(-1) ?? ''])) await rig.analyze(id, 'hello');
    for (const socket of [sockets[0], sockets.at(-1)]) {
      expect(await socket?.closed).toMatchObject({ code: 1000 });
      expect(stepsOf(socket?.frames ?? [])).toHaveLength(4);
    }
    for (const socket of sockets) socket.close();
  });

  test('tells a new socket so after 10 seconds, with 1011, and keeps open ones, which go on when it is back', async () => {
    const [id, refusedId] = [unique('t'), unique('t')];
    await rig.publish(id, record('scam_db', 10));
    const watching = await alone.watch(`/${id}`);
    await watching.until(({ percent }) => percent === 10);
    // Nobody listens there.
    proxy.targetPort = 1;
    proxy.cutAll();
    const refused = await alone.watch(`/${refusedId}`);
    const begun = performance.now();
    await rig.publish(id, record('scam_db', 20));
    expect(await refused.closed).toMatchObject({ code: 1011 });
    const tookMs = performance.now() - begun;
    expect(tookMs).toBeGreaterThan(9_000);
    expect(tookMs).toBeLessThan(10_000 + busyMs);
    expect(told(refused.frames)).toEqual([
      expect.objectContaining({ step: 'connected', task_id: refusedId }),
      {
        step: 'failed',
        tool: null,
        message: expect.stringMatching(/./) as string,
        percent: 0,
        timestamp: expect.stringMatching(/\.\d{3}Z$/) as string,
        error: true,
      },
    ]);
    await expect.poll(() => gateway.output()).toMatch(new RegExp(`"task_id":"${refusedId}","code":1011,"cause":".`));
    expect(watching.ws.readyState).toBe(1);
    const late = await alone.watch(`/${id}`);
    proxy.targetPort = temporalPort;
    await rig.publish(id, record('completed', 100));
    for (const socket of [watching, late]) {
      expect(await socket.closed).toMatchObject({ code: 1000 });
      expect(stepsOf(socket.frames)).toEqual([
        ['connected', 0],
        ['scam_db', 10],
        ['scam_db', 20],
        ['completed', 100],
      ]);
    }
  });
});

test('a thousand sockets at once are told (3)', async () => {
  const id = unique('t');
  const sockets: TestSocket[] = [];
  for (let lot = 0; lot < 20; lot++)
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => rig.watch(`/${id}`)))));
  await Promise.all(sockets.map((socket) => socket.until(isStep('connected'))));
  expect((await rig.publish(id, record('scam_db', 20))).body['delivered']).toBe(1_000);
  await rig.publish(id, record('completed', 100));
  const closed = await Promise.all(sockets.map((socket) => socket.closed));
  expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1000]));
  for (const { frames } of sockets) expect(stepsOf(frames).map(([, percent]) => percent)).toEqual([0, 20, 100]);
});

test('what is no upgrade is refused, and a client may close in its own way: neither disturbs anybody', async () => {
  expect((await fetch(`${product.url}/ws/agent-progress/x`)).status).toBe(404);
  const socket = await rig.watch(`/${unique('t')}`);
  await socket.until(isStep('connected'));
  socket.ws.close(4000, 'bye');
  await once(socket.ws, 'close');
  expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
});
