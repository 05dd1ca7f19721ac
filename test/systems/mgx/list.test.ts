/** The list of tasks: newest first, in pages, by status, with the total. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { until } from '../../harness/until.ts';
import { startMgx, type Mgx } from './mgx.ts';

let mgx: Mgx;
let api: Api;
beforeAll(async () => {
  // Other tests use the same Temporal server: a client of its own sees its own tasks alone.
  mgx = await startMgx({ settings: { AUTH_TOKEN: `${unique('ann')}:client:token` } });
  api = new Api(mgx.url, 'token');
});
afterAll(() => mgx.stop());

interface Listed {
  tasks: { id: string; input_prompt: string }[];
  total: number;
}

const list = async (query: string) => (await api.get(`/api/tasks${query}`)).body as unknown as Listed;
const idsOf = ({ tasks }: Listed) => tasks.map(({ id }) => id);
const shows = (query: string, ids: readonly string[]) =>
  until(`${ids.join(', ')} at ${query}`, async () => {
    const listed = await list(query);
    return JSON.stringify(idsOf(listed)) === JSON.stringify(ids) && listed.total === ids.length;
  });

test('tasks are listed newest first, each once, as they are now, in pages and by status', async () => {
  expect(await list('')).toEqual({ tasks: [], total: 0 });
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) {
    const { body } = await api.post('/api/tasks', { input_prompt: `list ${index}` });
    ids.push(String(body['id']));
  }
  const [first = '', second = ''] = ids;
  const newest = ids.toReversed();
  await shows('', newest);
  const page = await list('?limit=2&offset=1');
  expect([idsOf(page), page.total]).toEqual([newest.slice(1, 3), 5]);
  expect(await list('?offset=5')).toEqual({ tasks: [], total: 5 });
  for (const task of (await list('')).tasks) expect((await api.get(`/api/tasks/${task.id}`)).body).toEqual(task);

  await (
    await mgx.watch(first, '?token=token')
  ).closed;
  const cancelled = await mgx.watch(second, '?token=token');
  await api.post(`/api/tasks/${second}/cancel`);
  await cancelled.closed;
  await shows('?status=COMPLETED', [first]);
  await shows('?status=CANCELLED', [second]);
  await shows('?status=PENDING', newest.slice(0, 3));
  await shows('?status=RUNNING', []);
  await shows('?status=FAILED', []);

  // Gone on after its end it is listed once, as it is now, in the place that it had.
  await api.post(`/api/tasks/${second}/retry`);
  await shows('?status=CANCELLED', []);
  await shows('?status=PENDING', newest.slice(0, 4));
  await shows('', newest);
});

test.each(['?limit=0', '?limit=501', '?limit=x', '?limit=0x10', '?offset=-1', '?status=DONE'])(
  '422 for %s',
  async (query) => {
    expect(await api.get(`/api/tasks${query}`)).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_request' } },
    });
  },
);

test('an empty status is none', async () => {
  expect((await api.get('/api/tasks?status=')).status).toBe(200);
});
