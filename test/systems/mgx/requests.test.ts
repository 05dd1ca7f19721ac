/** Section 2 of the contract: each request, its answers and its faults. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../harness/until.ts';
import { eventsOf, isoText, secondsOfRoles, startMgx, type Mgx } from './mgx.ts';

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx({ MGX_TEST_PACE_MS: '0' });
});
afterAll(() => mgx.stop());

const taskOf = async (id: string) => (await mgx.api.get(`/api/tasks/${id}`)).body;
const watchToEnd = async (id: string, query = '') => {
  const socket = await mgx.watch(id, query);
  await socket.closed;
  return socket;
};

test('a task is created PENDING with every field of the contract, and is not run', async () => {
  const { status, body } = await mgx.api.post('/api/tasks', { input_prompt: 'A page that lists my books' });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^tk-[0-9a-f]+$/) as string,
    title: null,
    input_prompt: 'A page that lists my books',
    status: 'PENDING',
    progress: 0,
    current_agent: null,
    run_id: null,
    result: null,
    error: null,
    created_at: isoText,
    updated_at: isoText,
    started_at: null,
    finished_at: null,
  });
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
  const untitled = await mgx.api.post('/api/tasks', { input_prompt: 'x', title: null });
  expect(untitled).toMatchObject({ status: 201, body: { title: null } });
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
  const message = answer.body['detail'];
  expect(message).toMatch(/./);
  expect(answer.body).toEqual({ error: { code: 'invalid_request', message }, detail: message });
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
  for (const time of ['created_at', 'updated_at', 'started_at', 'finished_at']) expect(task[time]).toEqual(isoText);
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

test('each role delivers what it owes, of the things that the prompt names (1)', async () => {
  const socket = await watchToEnd(await mgx.create('A page that lists my books'));
  const payloads = eventsOf(socket).map(({ payload }) => payload as { name?: string; content: string });
  const read = (name: string): unknown => JSON.parse(payloads.find((payload) => payload.name === name)?.content ?? '');
  const requirements = read('requirements.json') as Record<'goals' | 'user_stories', string[]> & {
    requirements: { text: string }[];
  };
  expect(requirements.goals.length).toBeGreaterThan(0);
  expect(requirements.user_stories.length).toBeGreaterThanOrEqual(3);
  expect(requirements.requirements.length).toBeGreaterThanOrEqual(3);
  for (const { text } of requirements.requirements) expect(text).toMatch(/book/);
  const files = read('files.json') as { path: string; interfaces: string[] }[];
  expect(files.flatMap(({ interfaces }) => interfaces)).not.toEqual([]);
  const tasks = read('tasks.json') as { order: number; file: string }[];
  expect(tasks.map(({ order }) => order)).toEqual(tasks.map((_, index) => index + 1));
  expect(tasks.map(({ file }) => file).toSorted()).toEqual(files.map(({ path }) => path).toSorted());
  for (const { path } of files) expect(payloads.find(({ name }) => name === path)?.content).toMatch(/\S/);
  const report = read('report.json') as { passed: number; failed: number; checks: { file: string }[] };
  expect(report).toMatchObject({ passed: report.checks.length, failed: 0 });
  expect(new Set(report.checks.map(({ file }) => file))).toEqual(new Set(files.map(({ path }) => path)));
});

test('a pace of 0 is none: a role takes less than the 600 ms of the default (1)', async () => {
  const socket = await watchToEnd(await mgx.create());
  expect(Math.min(...secondsOfRoles(eventsOf(socket)).map(([, seconds]) => seconds))).toBeLessThan(0.5);
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

test('cancel is 202, of a PENDING task too, and 409 once it is over; a PENDING one needs no retry', async () => {
  const id = await mgx.create();
  const early = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(early).toMatchObject({ status: 409, body: { error: { code: 'task_not_finished' } } });
  expect(await mgx.api.post(`/api/tasks/${id}/cancel`)).toMatchObject({ status: 202, body: { id } });
  await until('the end', async () => (await taskOf(id))['status'] === 'CANCELLED');
  const again = await mgx.api.post(`/api/tasks/${id}/cancel`);
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'task_finished' } } });
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
