/** What the contract says of time: states that are told again, pings, silence, a cancel, a gateway that goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOf, hasStatus, isError, isEvent, startMgx, statesOf, type Mgx, type MgxGateway } from './mgx.ts';

let mgx: Mgx;
let quick: MgxGateway;
beforeAll(async () => {
  mgx = await startMgx({ settings: { MGX_TEST_PACE_MS: '60000' } });
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

test('states go out at least every 5 s, and at no other pace', async () => {
  const { id, socket } = await working();
  await socket.until((frame) => statesOf(socket).length === 3 && frame === socket.frames.at(-1));
  const from = performance.now();
  await socket.until(() => statesOf(socket).length === 4);
  const waited = performance.now() - from;
  expect(waited).toBeGreaterThan(4_000);
  expect(waited).toBeLessThan(8_000);
  expect(statesOf(socket)[3]).toEqual(statesOf(socket)[2]);
  await mgx.api.post(`/api/tasks/${id}/cancel`);
  await socket.closed;
});

test('the connection is pinged and stays while its peer answers; a silent peer is dropped', async () => {
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
});

test('a cancel over HTTP ends the task within 2 s, for everybody who watches', async () => {
  const { id, socket } = await working();
  const other = await mgx.watch(id);
  const from = performance.now();
  expect((await mgx.api.post(`/api/tasks/${id}/cancel`)).status).toBe(202);
  for (const each of [socket, other]) {
    expect((await each.closed).code).toBe(1000);
    expect(eventsOf(each).at(-1)).toMatchObject({ event_type: 'TASK_FINISHED', payload: { status: 'CANCELLED' } });
    expect(eventsOf(each).at(-1)?.['payload']).toEqual({ status: 'CANCELLED' });
    expect(each.frames.at(-1)).toMatchObject({ type: 'state', data: { status: 'CANCELLED', current_agent: null } });
    expect(each.frames.filter(isError)).toEqual([]);
  }
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('a cancel over the socket does the same; anything else is invalid_message, and the socket stays', async () => {
  const { socket } = await working();
  const wrong = ['hello', '{"type":"start"}', '[]', 'null', '{"type":', '7'];
  for (const text of wrong) socket.send(text);
  await socket.until(() => socket.frames.filter(isError).length === wrong.length);
  for (const frame of socket.frames.filter(isError)) {
    expect(frame).toMatchObject({ data: { code: 'invalid_message', message: expect.any(String) as string } });
  }
  const from = performance.now();
  socket.send({ type: 'cancel' });
  await socket.until(hasStatus('CANCELLED'));
  expect((await socket.closed).code).toBe(1000);
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('a frame over 64 KiB closes with 1009, and the task goes on', async () => {
  const { id, socket } = await working();
  socket.send('x'.repeat(64 * 1024 + 1));
  expect((await socket.closed).code).toBe(1009);
  expect((await mgx.api.get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'RUNNING' });
});

test('a gateway that stops says 1001; at another one the cursor is good, and the run has gone on', async () => {
  const going = await mgx.second();
  const id = await mgx.create();
  const socket = await going.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  await going.surface.stop();
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
