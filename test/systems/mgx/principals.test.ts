/** With AUTH_TOKEN: who is let in, whose tasks they see, and in which order the list shows them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { startMgx, type Mgx } from './mgx.ts';

/** Other tests use the same Temporal server: names of their own let clients see their own tasks alone. */
const principals = { ann: 'client', bob: 'client', joe: 'human', ops: 'ops', lister: 'client', many: 'client' };

let mgx: Mgx;
beforeAll(async () => {
  const tokens = Object.entries(principals).map(([name, role]) => `${unique(name)}:${role}:${name}-token`);
  mgx = await startMgx({ AUTH_TOKEN: tokens.join(',') });
});
afterAll(() => mgx.stop());

const as = (name: keyof typeof principals) => new Api(mgx.url, `${name}-token`);
const create = async (name: keyof typeof principals, prompt = 'make a to-do app') => {
  const { status, body } = await as(name).post('/api/tasks', { input_prompt: prompt });
  expect(status).toBe(201);
  return String(body['id']);
};

test('without a token, or with a wrong one, requests and sockets get 401 (5, row 6)', async () => {
  const id = await create('ann');
  for (const api of [new Api(mgx.url), new Api(mgx.url, 'wrong')]) {
    for (const path of ['', `/${id}`, `/${id}/events`]) {
      const { status, body } = await api.get(`/api/tasks${path}`);
      const message = body['detail'];
      expect(message).toMatch(/./);
      expect([status, body]).toEqual([401, { error: { code: 'unauthenticated', message }, detail: message }]);
    }
    for (const path of ['', `/${id}/run`, `/${id}/cancel`, `/${id}/retry`])
      expect((await api.post(`/api/tasks${path}`, { input_prompt: 'x' })).status).toBe(401);
  }
  await expect(mgx.watch(id)).rejects.toThrow('401');
  await expect(mgx.watch(id, '?token=wrong')).rejects.toThrow('401');
  await expect(mgx.watch('tk-zzz')).rejects.toThrow('401');
  expect((await as('ann').get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'PENDING' });
});

test('a token lets requests and sockets in, in the query and as a header (2)', async () => {
  const id = await create('ann');
  expect((await new Api(mgx.url).get(`/api/tasks/${id}?token=ann-token`)).status).toBe(200);
  const headers = { authorization: 'Bearer ann-token' };
  const byHeader = await TestSocket.open(`${mgx.url.replace('http', 'ws')}/ws/tasks/${id}`, { headers });
  const socket = await mgx.watch(id, '?token=ann-token');
  expect((await byHeader.closed).code).toBe(1000);
  expect((await socket.closed).code).toBe(1000);
  expect(byHeader.frames[0]).toMatchObject({ type: 'connected', data: { status: 'PENDING' } });
  expect(socket.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED' } });
});

test("somebody else's task does not exist: it cannot be seen, begun, cancelled or retried, and is in no list", async () => {
  const id = await create('ann');
  const socket = await mgx.watch(id, '?token=bob-token');
  expect((await socket.closed).code).toBe(1008);
  expect(socket.frames).toMatchObject([{ type: 'error', data: { code: 'task_not_found' } }]);
  for (const path of ['/run', '/cancel', '/retry'])
    expect((await as('bob').post(`/api/tasks/${id}${path}`)).status).toBe(404);
  for (const path of ['', '/events']) expect((await as('bob').get(`/api/tasks/${id}${path}`)).status).toBe(404);
  const { body } = await as('bob').get('/api/tasks?limit=500');
  expect((body['tasks'] as { id: string }[]).map((task) => task.id)).not.toContain(id);
  expect((await as('ann').get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'PENDING' });
  expect((await as('ops').get(`/api/tasks/${id}`)).status).toBe(200);
});

test('who may start nothing creates no task', async () => {
  const answer = await as('joe').post('/api/tasks', { input_prompt: 'make a to-do app' });
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
});

describe('the list', () => {
  interface Listed {
    tasks: { id: string; input_prompt: string }[];
    total: number;
  }

  const list = async (query: string, name: keyof typeof principals = 'lister') =>
    (await as(name).get(`/api/tasks${query}`)).body as unknown as Listed;
  const idsOf = ({ tasks }: Listed) => tasks.map(({ id }) => id);
  const shows = (query: string, ids: readonly string[]) =>
    until(`${ids.join(', ')} at ${query}`, async () => {
      const listed = await list(query);
      return JSON.stringify(idsOf(listed)) === JSON.stringify(ids) && listed.total === ids.length;
    });

  test('shows tasks newest first, each once, as they are now, in pages and by status', async () => {
    expect(await list('')).toEqual({ tasks: [], total: 0 });
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push(await create('lister', `list ${index}`));
    const [first = '', second = ''] = ids;
    const newest = ids.toReversed();
    await shows('', newest);
    const page = await list('?limit=2&offset=1');
    expect([idsOf(page), page.total]).toEqual([newest.slice(1, 3), 5]);
    expect(await list('?offset=5')).toEqual({ tasks: [], total: 5 });
    for (const task of (await list('')).tasks)
      expect((await as('lister').get(`/api/tasks/${task.id}`)).body).toEqual(task);

    const done = await mgx.watch(first, '?token=lister-token');
    await done.closed;
    await as('lister').post(`/api/tasks/${second}/cancel`);
    await shows('?status=COMPLETED', [first]);
    await shows('?status=CANCELLED', [second]);
    await shows('?status=PENDING', newest.slice(0, 3));
    await shows('?status=RUNNING', []);
    await shows('?status=FAILED', []);

    // Gone on after its end it is listed once, as it is now, in the place that it had.
    await as('lister').post(`/api/tasks/${second}/retry`);
    await shows('?status=CANCELLED', []);
    await shows('?status=PENDING', newest.slice(0, 4));
    await shows('', newest);
  });

  test('has 50 tasks where nothing else is asked for, and counts all', async () => {
    await Promise.all(Array.from({ length: 51 }, () => create('many')));
    await until('all of them', async () => (await list('?limit=100', 'many')).tasks.length === 51);
    const listed = await list('', 'many');
    expect([listed.tasks.length, listed.total]).toEqual([50, 51]);
  });

  test.each(['?limit=0', '?limit=501', '?limit=x', '?limit=0x10', '?offset=-1', '?status=DONE'])(
    'answers 422 to %s',
    async (query) => {
      expect(await as('ann').get(`/api/tasks${query}`)).toMatchObject({
        status: 422,
        body: { error: { code: 'invalid_request' } },
      });
    },
  );

  test('takes an empty status for none', async () => {
    expect((await as('ann').get('/api/tasks?status=')).status).toBe(200);
  });
});
