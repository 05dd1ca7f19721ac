/** With AUTH_TOKEN: who is let in, and whose tasks they see. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../harness/gateway.ts';
import { startMgx, type Mgx } from './mgx.ts';
import { unique } from '../../harness/temporal-server.ts';

let mgx: Mgx;
beforeAll(async () => {
  mgx = await startMgx({
    settings: {
      AUTH_TOKEN: `${unique('ann')}:client:ann-token,${unique('bob')}:client:bob-token,joe:human:joe-token,ops:ops:ops-token`,
    },
  });
});
afterAll(() => mgx.stop());

const as = (name: string) => new Api(mgx.url, `${name}-token`);
const create = async (name: string) => {
  const { status, body } = await as(name).post('/api/tasks', { input_prompt: 'make a to-do app' });
  expect(status).toBe(201);
  return String(body['id']);
};

test('without a token, or with a wrong one, requests and sockets get 401', async () => {
  const id = await create('ann');
  for (const api of [new Api(mgx.url), new Api(mgx.url, 'wrong')]) {
    const answer = await api.get(`/api/tasks/${id}`);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ error: { code: 'unauthenticated' }, detail: expect.any(String) as string });
  }
  await expect(mgx.watch(id)).rejects.toThrow('401');
  await expect(mgx.watch(id, '?token=wrong')).rejects.toThrow('401');
});

test('a token in the query lets a socket in, and requests too', async () => {
  const id = await create('ann');
  expect((await new Api(mgx.url).get(`/api/tasks/${id}?token=ann-token`)).status).toBe(200);
  const socket = await mgx.watch(id, '?token=ann-token');
  expect((await socket.closed).code).toBe(1000);
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
