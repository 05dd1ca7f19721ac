/** A task is a run like any other: started, watched and cancelled natively and by the command line, and the other way round. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import { eventsOf, hasStatus, isEvent, startMgx, typesOf, type Mgx } from './mgx.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'client', 'cli', 'main.ts');
const input = { prompt: 'A page that lists my books' };

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx({ MGX_TEST_PACE_MS: '800' });
});
afterAll(() => mgx.stop());

async function baton(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    env: { PATH: process.env['PATH'], BATON_URL: mgx.url },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  child.stdin.end();
  return await new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

test('a run that was started natively is watched as a task under its own id', async () => {
  const id = unique('books');
  const started = await mgx.api.post('/v1/runs', { blueprint: 'mgx-tasks', input, id });
  expect(started.status).toBe(201);
  const socket = await mgx.watch(id);
  await socket.until(hasStatus('COMPLETED'), 20_000);
  expect(eventsOf(socket)[0]).toMatchObject({ task_id: id, event_type: 'TASK_STARTED', run_id: 'r-1' });
  expect((await mgx.api.get(`/api/tasks/${id}`)).body).toMatchObject({ id, status: 'COMPLETED' });
  const { artifacts } = (await mgx.api.get(`/v1/runs/${id}`)).body['result'] as {
    artifacts: { name: string; blob: { ref: string } }[];
  };
  const page = artifacts.find(({ name }) => name === 'index.html');
  const bytes = await fetch(`${mgx.url}/v1/runs/${id}/blobs/${page?.blob.ref}`);
  expect(await bytes.text()).toContain('<h1>Book page</h1>');
});

test('one that is on hold natively is PENDING, and a socket of the dialect begins it', async () => {
  const id = unique('held');
  await mgx.api.post('/v1/runs', { blueprint: 'mgx-tasks', input, id, hold: true });
  expect((await mgx.api.get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'PENDING', run_id: null });
  const socket = await mgx.watch(id);
  await socket.until(isEvent('TASK_STARTED'));
  expect((await mgx.api.get(`/v1/runs/${id}`)).body).toMatchObject({ status: 'running' });
  expect((await mgx.api.post(`/v1/runs/${id}/cancel`, { reason: 'enough' })).status).toBe(202);
  await socket.closed;
  expect(typesOf(socket).slice(-2)).toEqual(['TASK_FINISHED', 'state']);
});

test('a task is begun, watched and cancelled natively, by its prefixed id', async () => {
  const id = await mgx.create();
  const run = `mgx:${id}`;
  const native = await mgx.open('/v1/ws');
  expect(await native.request('subscribe', { run })).toMatchObject({ ok: true });
  expect(await native.request('begin', { run })).toMatchObject({ ok: true });
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  expect(await native.request('cancel', { run, reason: 'changed my mind' })).toMatchObject({ ok: true });
  await native.until(({ kind }) => kind === 'end');
  await socket.closed;
  expect(socket.frames.at(-1)).toMatchObject({ data: { status: 'CANCELLED' } });
  native.close();
});

test('an id of the dialect cannot be chosen natively, and a run of another blueprint is no task', async () => {
  const reserved = await mgx.api.post('/v1/runs', { blueprint: 'mgx-tasks', input, id: 'mgx:mine' });
  expect(reserved).toMatchObject({ status: 422, body: { code: 'reserved_id' } });
  const id = unique('request');
  const other = { blueprint: 'request-rooms', input: { userQuery: 'calculate 6*7' }, id };
  expect((await mgx.api.post('/v1/runs', other)).status).toBe(201);
  expect((await mgx.api.get(`/api/tasks/${id}`)).status).toBe(404);
});

test('the command line starts one, watches it to its end, and lists it', async () => {
  const started = await baton('start', 'mgx-tasks', `prompt=${input.prompt}`);
  expect(started).toMatchObject({ code: 0, err: '' });
  const id = started.out.trim();
  const socket = await mgx.watch(id);
  const watched = await baton('watch', id);
  expect(watched.code).toBe(0);
  expect(watched.out).toMatch(/started mgx-tasks/);
  expect(watched.out).toMatch(/✓ completed/);
  await socket.closed;
  expect(socket.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED' } });
  await until('it in the list', async () => (await baton('ls', `idPrefix=${id}`, '--json')).out.includes(id));
});

test('the command line cancels a task that the dialect has created and begun', async () => {
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  expect((await baton('cancel', `mgx:${id}`)).code).toBe(0);
  await socket.closed;
  expect(eventsOf(socket).at(-1)).toMatchObject({ event_type: 'TASK_FINISHED', payload: { status: 'CANCELLED' } });
  expect((await baton('watch', `mgx:${id}`)).out).toMatch(/cancelled/);
});

test('a reset to a role goes on as the next run of the same task', async () => {
  const id = await mgx.create();
  const first = await mgx.watch(id);
  await first.closed;
  const told = eventsOf(first).length;
  await mgx.api.post(`/v1/runs/mgx%3A${id}/reset`, { step: 'mgx-qa-engineer#1' });
  const again = await mgx.watch(id, `?after=${told}`);
  await again.closed;
  const events = eventsOf(again);
  expect(events[0]).toMatchObject({ event_id: told + 1, event_type: 'TASK_STARTED', run_id: 'r-2' });
  expect(events.filter((event) => event['event_type'] === 'AGENT_STARTED')).toMatchObject([
    { agent_role: 'QaEngineer' },
  ]);
  expect(again.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
});
