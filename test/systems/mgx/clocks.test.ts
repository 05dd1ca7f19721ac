/** What the contract says of time: states that are told again, pings, silence, a cancel, a gateway that goes. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractTiming } from '../../../gateway/dialects/mgx/task-session.ts';
import { mgxIdleSeconds } from '../../../protocol/limits.ts';
import {
  eventsOf,
  hasStatus,
  isError,
  isEvent,
  isoText,
  startMgx,
  statesOf,
  type Mgx,
  type MgxGateway,
} from './mgx.ts';
import { busyMs } from '../../harness/busy.ts';

let mgx: Mgx;
let quick: MgxGateway;
beforeAll(async () => {
  mgx = await startMgx({ MGX_TEST_PACE_MS: '60000' });
  quick = await mgx.quick();
});
afterAll(() => mgx.stop());

/** A task whose first role is at work, and stays so. */
async function working() {
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  return { id, socket };
}

test.concurrent('while nothing happens a state goes out every 5 s, and a ping after 20 s (3, rules 3 and 6)', async () => {
  const id = await mgx.create();
  const from = performance.now();
  const socket = await mgx.watch(id);
  const pinged = once(socket.ws, 'ping').then(() => performance.now() - from);
  await socket.until(isEvent('AGENT_STARTED'));
  await socket.until(() => statesOf(socket).length === 3);
  const last = performance.now();
  await socket.until(() => statesOf(socket).length === 4);
  const waited = performance.now() - last;
  expect(waited).toBeGreaterThan(4_000);
  expect(waited).toBeLessThan(5_000 + busyMs);
  expect(socket.frames.at(-1)).toEqual({
    type: 'state',
    data: {
      task_id: id,
      status: 'RUNNING',
      progress: 0,
      current_agent: 'ProductManager',
      updated_at: statesOf(socket)[2]?.['updated_at'],
    },
  });
  const ms = await pinged;
  expect(ms).toBeGreaterThan(18_000);
  expect(ms).toBeLessThan(20_000 + busyMs);
  expect(statesOf(socket).length).toBeGreaterThanOrEqual(6);
  expect(statesOf(socket).length).toBeLessThanOrEqual(4 + Math.ceil(ms / 5_000));
  socket.send({ type: 'cancel' });
  await socket.closed;
});

test.concurrent('the connection is pinged and stays while its peer answers; a silent peer is dropped (3, rule 6)', async () => {
  const { id } = await working();
  const live = await quick.watch(id);
  let pings = 0;
  live.ws.on('ping', () => pings++);
  const silent = await quick.watch(id);
  // Answers no ping.
  (silent.ws as unknown as { _autoPong: boolean })._autoPong = false;
  expect((await silent.closed).code).toBe(1006);
  expect(pings).toBeGreaterThan(10);
  expect(statesOf(live).length).toBeGreaterThan(10);
  expect(live.ws.readyState).toBe(live.ws.OPEN);
  live.close();
});

test('clocks that no test waits for are those of the contract: 20 s, 5 s and 60 s', () => {
  expect({ ...contractTiming, idleSeconds: mgxIdleSeconds }).toEqual({
    pingMs: 20_000,
    stateIntervalMs: 5_000,
    idleSeconds: 60,
  });
});

test('a cancel over HTTP ends the task within 2 s, for everybody who watches (5, row 4)', async () => {
  const { id, socket } = await working();
  const other = await mgx.watch(id);
  const from = performance.now();
  expect(await mgx.api.post(`/api/tasks/${id}/cancel`)).toMatchObject({ status: 202, body: { id } });
  for (const each of [socket, other]) {
    expect((await each.closed).code).toBe(1000);
    const events = eventsOf(each);
    expect(events.at(-1)).toEqual({
      event_id: events.length,
      task_id: id,
      run_id: 'r-1',
      event_type: 'TASK_FINISHED',
      agent_role: null,
      message: expect.stringMatching(/./) as string,
      payload: { status: 'CANCELLED' },
      timestamp: isoText,
    });
    expect(each.frames.at(-1)).toMatchObject({ type: 'state', data: { status: 'CANCELLED', current_agent: null } });
    expect(each.frames.filter(isError)).toEqual([]);
  }
  expect(performance.now() - from).toBeLessThan(2_000 + busyMs);
  const late = await mgx.watch(id);
  expect((await late.closed).code).toBe(1000);
  expect(late.frames[0]).toMatchObject({ type: 'connected', data: { status: 'CANCELLED' } });
  expect(eventsOf(late)).toEqual(eventsOf(socket));
});

test('a cancel over the socket does the same; anything else is invalid_message, and the socket stays (3)', async () => {
  const { socket } = await working();
  const wrong = ['hello', '{"type":"start"}', '[]', 'null', '{"type":', '7', 'x'.repeat(64 * 1024)];
  for (const text of wrong) socket.send(text);
  await socket.until(() => socket.frames.filter(isError).length === wrong.length);
  for (const frame of socket.frames.filter(isError)) {
    const message = expect.stringMatching(/./) as string;
    expect(frame).toEqual({ type: 'error', data: { code: 'invalid_message', message } });
  }
  const from = performance.now();
  socket.send({ type: 'cancel' });
  await socket.until(hasStatus('CANCELLED'));
  expect((await socket.closed).code).toBe(1000);
  expect(performance.now() - from).toBeLessThan(2_000 + busyMs);
});

test('a frame over 64 KiB closes with 1009, and the task goes on (3, rule 6)', async () => {
  const { id, socket } = await working();
  socket.send('x'.repeat(64 * 1024 + 1));
  expect((await socket.closed).code).toBe(1009);
  const { body } = await mgx.api.get(`/api/tasks/${id}`);
  expect(body).toEqual({
    id,
    title: null,
    input_prompt: 'A page that lists my books',
    status: 'RUNNING',
    progress: 0,
    current_agent: 'ProductManager',
    run_id: 'r-1',
    result: null,
    error: null,
    created_at: isoText,
    updated_at: isoText,
    started_at: isoText,
    finished_at: null,
  });
});

test('a task that is at work cannot be retried, and a run call goes on with the run that is there (4)', async () => {
  const { id, socket } = await working();
  const retried = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(retried).toMatchObject({ status: 409, body: { error: { code: 'task_not_finished' } } });
  const run = await mgx.api.post(`/api/tasks/${id}/run`);
  expect(run).toMatchObject({ status: 202, body: { status: 'RUNNING', run_id: 'r-1' } });
  socket.send({ type: 'cancel' });
  await socket.closed;
  expect(eventsOf(socket).filter((event) => event['event_type'] === 'TASK_STARTED')).toHaveLength(1);
});

test('a gateway that stops says 1001; at another one the cursor is good, and the run has gone on (5, row 5)', async () => {
  const going = await mgx.second();
  const id = await mgx.create();
  const socket = await going.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  await going.stop();
  expect((await socket.closed).code).toBe(1001);
  const seen = eventsOf(socket);
  const back = await mgx.watch(id, `?after=${seen.length}`);
  expect(back.frames[0] ?? (await back.until(({ type }) => type === 'connected'))).toMatchObject({
    data: { status: 'RUNNING' },
  });
  back.send({ type: 'cancel' });
  await back.closed;
  const { body } = await mgx.api.get(`/api/tasks/${id}/events`);
  expect([...seen, ...eventsOf(back)]).toEqual(body['events']);
});
