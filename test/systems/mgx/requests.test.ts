/** Section 2 of the contract: each request, its answers and its faults. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../harness/until.ts';
import { eventsOf, isEvent, startMgx, type Mgx } from './mgx.ts';

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx();
});
afterAll(() => mgx.stop());

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const keys =
  'id title input_prompt status progress current_agent run_id result error created_at updated_at started_at finished_at';

const taskOf = async (id: string) => (await mgx.api.get(`/api/tasks/${id}`)).body;
const watchToEnd = async (id: string, query = '') => {
  const socket = await mgx.watch(id, query);
  await socket.closed;
  return socket;
};

test('a task is created PENDING with every field of the contract, and is not run', async () => {
  const { status, body } = await mgx.api.post('/api/tasks', { input_prompt: 'A page that lists my books' });
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(keys.split(' '));
  expect(body).toMatchObject({
    title: null,
    input_prompt: 'A page that lists my books',
    status: 'PENDING',
    progress: 0,
    current_agent: null,
    run_id: null,
    result: null,
    error: null,
    started_at: null,
    finished_at: null,
  });
  expect(body['id']).toMatch(/^tk-[0-9a-f]+$/);
  expect(body['created_at']).toMatch(iso);
  expect(await taskOf(String(body['id']))).toEqual(body);
  const { body: events } = await mgx.api.get(`/api/tasks/${String(body['id'])}/events`);
  expect(events).toEqual({ events: [], next: 0 });
});

test('a title is kept, keys that are not known are no fault, and a prompt may be 20,000 characters of any script', async () => {
  const prompt = '書'.repeat(20_000);
  const { status, body } = await mgx.api.post('/api/tasks', {
    input_prompt: prompt,
    title: 'Mine',
    test_mode: true,
    more: 1,
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({ title: 'Mine', input_prompt: prompt });
  expect(await taskOf(String(body['id']))).toEqual(body);
});

test.each([
  ['no prompt', {}],
  ['an empty prompt', { input_prompt: '' }],
  ['a blank prompt', { input_prompt: ' \n\t' }],
  ['an overlong prompt', { input_prompt: 'x'.repeat(20_001) }],
  ['a prompt that is no text', { input_prompt: 7 }],
  ['an overlong title', { input_prompt: 'x', title: 'x'.repeat(201) }],
  ['a test_mode that is no boolean', { input_prompt: 'x', test_mode: 'yes' }],
  ['an array', []],
])('422 for %s', async (_what, body) => {
  const answer = await mgx.api.post('/api/tasks', body);
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ error: { code: 'invalid_request' }, detail: expect.any(String) as string });
  expect(answer.body['detail']).toBe((answer.body['error'] as { message: string }).message);
});

test.each([
  ['no JSON', '{"input_prompt":', 'application/json'],
  ['another type', 'input_prompt=x', 'application/x-www-form-urlencoded'],
  ['nothing', '', 'application/json'],
])('422 for a body that is %s', async (_what, body, type) => {
  const answer = await fetch(`${mgx.url}/api/tasks`, { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
});

test('run begins it, again it is the same run, and after the end it is 409 task_finished', async () => {
  const id = await mgx.create();
  const first = await mgx.api.post(`/api/tasks/${id}/run`);
  expect(first).toMatchObject({ status: 202, body: { id, status: 'RUNNING', run_id: 'r-1' } });
  expect(await mgx.api.post(`/api/tasks/${id}/run`, {})).toMatchObject({ status: 202, body: { run_id: 'r-1' } });
  await watchToEnd(id);
  const late = await mgx.api.post(`/api/tasks/${id}/run`);
  expect(late).toMatchObject({ status: 409, body: { error: { code: 'task_finished' } } });
});

test('what is done stands in the task: times, result, and artifacts that can be downloaded', async () => {
  const id = await mgx.create();
  const socket = await watchToEnd(id);
  const task = await taskOf(id);
  expect(task).toMatchObject({ status: 'COMPLETED', progress: 1, current_agent: null, error: null });
  for (const time of ['created_at', 'updated_at', 'started_at', 'finished_at']) expect(task[time]).toMatch(iso);
  const { artifacts } = task['result'] as { artifacts: { name: string; url: string; bytes: number }[] };
  expect(artifacts.map(({ name }) => name)).toContain('index.html');
  const told = eventsOf(socket).filter(({ event_type: type }) => type === 'ARTIFACT');
  expect(told.length).toBe(artifacts.length);
  for (const { payload } of told as { payload: { name: string; url: string; content: string; media_type: string } }[]) {
    const answer = await fetch(mgx.url + payload.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(payload.media_type);
    expect(await answer.text()).toBe(payload.content);
    expect(artifacts).toContainEqual(expect.objectContaining({ name: payload.name, url: payload.url }));
  }
});

test('the same prompt gives the same artifacts in every task', async () => {
  const contents = async () => {
    const socket = await watchToEnd(await mgx.create('make a to-do app', { test_mode: true }));
    const artifacts = eventsOf(socket).filter(({ event_type: type }) => type === 'ARTIFACT');
    return artifacts
      .map(({ payload }) => payload as Record<string, unknown>)
      .map(({ name, content }) => [name, content]);
  };
  expect(await contents()).toEqual(await contents());
});

test('events can be polled: from a cursor on, the same as over the socket', async () => {
  const id = await mgx.create();
  const socket = await watchToEnd(id);
  const events = eventsOf(socket);
  const { body } = await mgx.api.get(`/api/tasks/${id}/events?after=0`);
  expect(body).toEqual({ events, next: events.length });
  const rest = await mgx.api.get(`/api/tasks/${id}/events?after=5`);
  expect(rest.body).toEqual({ events: events.slice(5), next: events.length });
  const none = await mgx.api.get(`/api/tasks/${id}/events?after=${events.length}`);
  expect(none.body).toEqual({ events: [], next: events.length });
  const beyond = await mgx.api.get(`/api/tasks/${id}/events?after=${events.length + 1}`);
  expect(beyond).toMatchObject({ status: 409, body: { error: { code: 'cursor_ahead' } } });
  expect((await mgx.api.get(`/api/tasks/${id}/events?after=x`)).status).toBe(422);
});

test('cancel is 202, of a PENDING task too, and 409 once it is over', async () => {
  const id = await mgx.create();
  expect((await mgx.api.post(`/api/tasks/${id}/cancel`)).status).toBe(202);
  await until('the end', async () => (await taskOf(id))['status'] === 'CANCELLED');
  const again = await mgx.api.post(`/api/tasks/${id}/cancel`);
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'task_finished' } } });
});

test('retry makes a cancelled task PENDING again: a new run_id, event_id goes on, and it completes', async () => {
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  expect((await mgx.api.post(`/api/tasks/${id}/retry`)).status).toBe(409);
  await mgx.api.post(`/api/tasks/${id}/cancel`);
  await socket.closed;
  const told = eventsOf(socket).length;
  const { status, body } = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(status).toBe(202);
  expect(body).toMatchObject({ id, status: 'PENDING', progress: 0, run_id: 'r-2', started_at: null });
  expect(await taskOf(id)).toMatchObject({ status: 'PENDING' });
  const again = await watchToEnd(id, `?after=${told}`);
  expect(again.frames[0]).toMatchObject({ type: 'connected', data: { status: 'PENDING' } });
  const events = eventsOf(again);
  expect(events.map((event) => event['event_id'])).toEqual(events.map((_, index) => told + 1 + index));
  expect(new Set(events.map((event) => event['run_id']))).toEqual(new Set(['r-2']));
  expect(again.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
  const finished = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(finished).toMatchObject({ status: 409, body: { error: { code: 'task_finished' } } });
});

test('of two retries at once one makes the next run, and the other is told 409', async () => {
  const id = await mgx.create();
  await mgx.api.post(`/api/tasks/${id}/cancel`);
  await until('the end', async () => (await taskOf(id))['status'] === 'CANCELLED');
  const both = await Promise.all([1, 2].map(() => mgx.api.post(`/api/tasks/${id}/retry`)));
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
  expect(await taskOf(id)).toMatchObject({ status: 'PENDING', run_id: 'r-1' });
});

test.each(['', '/events', '/run', '/cancel', '/retry'])('404 task_not_found for an unknown task%s', async (path) => {
  const method = ['', '/events'].includes(path) ? 'GET' : 'POST';
  for (const id of ['tk-zzz', '%00', 'a%2Fb', 'x'.repeat(300)]) {
    const answer = await mgx.api.call(method, `/api/tasks/${id}${path}`);
    expect([id, answer.status, answer.body]).toMatchObject([id, 404, { error: { code: 'task_not_found' } }]);
  }
});
