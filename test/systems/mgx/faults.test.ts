/** Section 5 of the contract, and what stands in the way of roles. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roleContract } from '../../../agents/mgx-tasks/contract.ts';
import { defineAgent } from '../../../protocol/agent.ts';
import { BatonError } from '../../../protocol/errors.ts';
import { StallingSocket } from './stalling-socket.ts';
import { eventsOf, isError, isEvent, startMgx, statesOf, typesOf, type Mgx } from './mgx.ts';

const floodBytes = 25_000;

/** In the place of the architect: what it does, the prompt says. */
const architect = defineAgent({
  contract: roleContract('Architect'),
  run: async (ctx, { prompt }) => {
    if (prompt === 'flood') {
      for (let index = 0; index < 400; index++)
        await ctx.emit('mgx.artifact', { name: `${index}`, message: 'more', content: 'x'.repeat(floodBytes) });
      return { done: { summary: 'flooded', artifacts: [] }, update: { Architect: [] } };
    }
    await ctx.emit('mgx.message', { text: 'about to fail' });
    if (prompt === 'once' && ctx.attempt > 1) throw new BatonError('invalid_input', 'enough');
    throw new Error('the architect has no pencil');
  },
});

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx({ settings: { MGX_TEST_PACE_MS: '0', LOG_LEVEL: 'silent' }, plugins: { agents: [architect] } });
});
afterAll(() => mgx.stop());

test.each(['tk-zzz', 'a%2Fb', '%zz', 'x'.repeat(300), 'mgx:tk-1', '%00'])(
  'a socket on %s, which is no task, is let in, told so, and closed with 1008; nothing is started',
  async (id) => {
    const socket = await mgx.watch(id);
    expect((await socket.closed).code).toBe(1008);
    expect(socket.frames).toMatchObject([{ type: 'error', data: { code: 'task_not_found' } }]);
  },
);

test('a role that throws is retried; then ERROR, an error frame, the state FAILED, 1000', async () => {
  const id = await mgx.create('always');
  const socket = await mgx.watch(id);
  expect((await socket.closed).code).toBe(1000);
  expect(typesOf(socket).slice(-3)).toEqual(['ERROR', 'error', 'state']);
  const [error] = socket.frames.filter(isError);
  expect(error).toMatchObject({ data: { code: 'agent_failed', message: 'the architect has no pencil' } });
  expect(eventsOf(socket).at(-1)).toMatchObject({ agent_role: 'Architect', message: 'the architect has no pencil' });
  expect(socket.frames.at(-1)).toMatchObject({ type: 'state', data: { status: 'FAILED' } });
  const messages = eventsOf(socket).map(({ message }) => String(message));
  expect(messages.filter((message) => message.startsWith('Attempt '))).toHaveLength(2);
  expect(messages.filter((message) => message === 'about to fail')).toHaveLength(1);
  const progress = statesOf(socket).map((state) => Number(state['progress']));
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBeLessThan(0.4);
  const { body } = await mgx.api.get(`/api/tasks/${id}`);
  expect(body).toMatchObject({ status: 'FAILED', error: 'the architect has no pencil', result: null });
});

test('a failed task that is watched again tells its events and is not run; a retry runs it anew', async () => {
  const id = await mgx.create('once');
  const first = await mgx.watch(id);
  await first.closed;
  const late = await mgx.watch(id);
  await late.closed;
  expect(typesOf(late).slice(0, 2)).toEqual(['connected', 'state']);
  expect(late.frames[1]).toMatchObject({ data: { status: 'FAILED' } });
  expect(late.frames.filter(({ type }) => type === 'state')).toHaveLength(1);
  expect(eventsOf(late)).toEqual(eventsOf(first));
  expect(await mgx.api.post(`/api/tasks/${id}/run`)).toMatchObject({ status: 409 });
  expect(await mgx.api.post(`/api/tasks/${id}/retry`)).toMatchObject({
    status: 202,
    body: { status: 'PENDING', run_id: 'r-2', error: null },
  });
  const again = await mgx.watch(id, `?after=${eventsOf(first).length}`);
  await again.until(isEvent('ERROR'));
  expect(eventsOf(again)[0]).toMatchObject({ event_type: 'TASK_STARTED', run_id: 'r-2' });
});

test('who does not read what comes is closed with 1013, and may come back for all of it', async () => {
  const id = await mgx.create('flood');
  const whole = await mgx.watch(id);
  const slow = await StallingSocket.open(mgx.url, id);
  slow.stall();
  await whole.until(isEvent('AGENT_FINISHED', 'Architect'), 20_000);
  slow.resume();
  expect(await slow.closed).toBe(1013);
  const back = await mgx.watch(id);
  await Promise.all([whole.closed, back.closed]);
  expect(eventsOf(back)).toEqual(eventsOf(whole));
  expect(eventsOf(whole).length).toBeGreaterThan(400);
});
