/** What the contract's fault table says. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createLog, type Log } from '../../../runtime/log.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSurface } from '../../../gateway/surface.ts';
import { contract } from '../../../agents/scam-analysis/contract.ts';
import type { Agent } from '../../../protocol/agent.ts';
import { startWorker } from '../../../worker/start-worker.ts';
import { anonymous, startBaton, type TestBaton } from '../../harness/baton.ts';
import { unique } from '../../harness/temporal-server.ts';
import { testBlueprints } from '../../harness/test-blueprints.ts';
import { isStep, record, ScamRig, stepsOf } from './rig.ts';

interface Line {
  level: number;
  msg: string;
  [key: string]: unknown;
}

let baton: TestBaton;
let rig: ScamRig;
let stop: () => Promise<void>;
const lines: Line[] = [];
const log: Log = createLog('test', 'warn', { write: (line) => void lines.push(JSON.parse(line) as Line) });

const failing: Agent = {
  contract,
  async run(ctx) {
    await ctx.emit('scam.progress', { n: 1, step: 'scam_db', tool: null, message: 'm', percent: 30, error: false });
    throw new Error('the analyst has lost its mind');
  },
};

beforeAll(async () => {
  baton = await startBaton({ worker: false });
  const { config, bus, engine, metrics } = baton;
  const surface = await startSurface({ config, engine, metrics, log });
  const workflows = { folders: testBlueprints };
  const worker = await startWorker(config, { bus, log: createLog('test', 'silent'), agents: [failing], workflows });
  rig = new ScamRig(`http://127.0.0.1:${surface.port}`);
  stop = async () => {
    await surface.stop();
    await worker.stop();
    await baton.stop();
  };
});
afterAll(() => stop());

const logged = (fits: (line: Line) => boolean) => expect.poll(() => lines.some(fits)).toBe(true);

describe('a malformed id', () => {
  test.each(['a%20b', 'x'.repeat(129), '%E4', 'a%2Fb', 'a/b', 't%C3%A4sk', ''])(
    '%j is told as failed, and closed with 1008',
    async (id) => {
      const socket = await rig.watch(`/${id}`);
      expect(await socket.closed).toMatchObject({ code: 1008 });
      expect(socket.frames).toMatchObject([{ step: 'failed', error: true, percent: 0, tool: null }]);
    },
  );

  test('is logged with the id and the cause', async () => {
    await (
      await rig.watch('/bad%20id')
    ).closed;
    await logged(
      ({ task_id: id, cause, code }) => id === 'bad id' && code === 1008 && String(cause).includes('malformed'),
    );
  });
});

test('an agent that fails fails the task: the percent stays, and the socket is closed with 1000', async () => {
  const id = unique('t');
  const socket = await rig.watch(`/${id}`);
  await rig.analyze(id, 'hello');
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(stepsOf(socket.frames)).toEqual([
    ['connected', 0],
    ['scam_db', 30],
    ['failed', 30],
  ]);
  expect(socket.frames.at(-1)).toMatchObject({ error: true, tool: null });
  expect(String(socket.frames.at(-1)?.['message'])).toContain('lost its mind');
});

test('frames of a client are ignored, and one over 64 KiB closes with 1009, logged with the task', async () => {
  const id = unique('t');
  const socket = await rig.watch(`/${id}`);
  for (const frame of ['hello', '{"step":"completed"}', 'x'.repeat(64 * 1_024)]) socket.send(frame);
  await rig.publish(id, record('scam_db', 20));
  await socket.until(({ percent }) => percent === 20);
  expect(socket.frames).toHaveLength(2);
  socket.send('x'.repeat(64 * 1_024 + 1));
  expect(await socket.closed).toMatchObject({ code: 1009 });
  await logged(({ task_id: task, code }) => task === id && code === 1009);
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

test('a client that does not read is closed with 1013 once more than a megabyte waits for it', async () => {
  const id = unique('t');
  const { runs } = baton.engine;
  const publish = (index: number) => {
    // Nothing that could be compressed.
    const message = `${index} ${randomBytes(22_000).toString('base64')}`;
    const data = { step: 'scam_db', tool: null, message, percent: 20, error: false };
    return runs.publish(`scam:${id}`, { kind: 'scam.progress', data }, anonymous, { dialect: 'scam' });
  };
  await publish(0);
  const socket = await rig.watch(`/${id}`);
  await socket.until(({ percent }) => percent === 20);
  const reader = await rig.watch(`/${id}`);
  socket.ws.pause();
  for (let from = 1; from <= 600; from += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, index) => publish(from + index)));
    if (lines.some(({ code, task_id: task }) => code === 1013 && task === id)) break;
  }
  await logged(({ code, task_id: task }) => code === 1013 && task === id);
  socket.ws.resume();
  expect(await socket.closed).toMatchObject({ code: 1013 });
  await rig.publish(id, record('completed', 100));
  expect(await reader.closed).toMatchObject({ code: 1000 });
});

test('a thousand sockets at once are told', async () => {
  const id = unique('t');
  const sockets = [];
  for (let lot = 0; lot < 20; lot++)
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => rig.watch(`/${id}`)))));
  await Promise.all(sockets.map((socket) => socket.until(isStep('connected'))));
  await rig.publish(id, record('completed', 100));
  const ends = await Promise.all(sockets.map((socket) => socket.closed));
  expect(ends.filter(({ code }) => code === 1000)).toHaveLength(1_000);
});

test('what is no upgrade is refused, and hangs nothing', async () => {
  const response = await fetch(`${(rig as unknown as { url: string }).url}/ws/agent-progress/x`);
  expect(response.status).toBe(404);
  const socket = await rig.watch(`/${unique('t')}`);
  socket.ws.close(4000, 'bye');
  await once(socket.ws, 'close');
});
