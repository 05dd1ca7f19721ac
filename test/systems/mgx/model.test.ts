/** With a model configured the same roles let it write. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startModelServer, type AskedModel, type ModelReply, type ModelServer } from '../../harness/model-server.ts';
import { eventsOf, isEvent, startMgx, type Mgx } from './mgx.ts';

let model: ModelServer;
let mgx: Mgx;
beforeAll(async () => {
  model = await startModelServer();
  mgx = await startMgx({ settings: { ...model.settings(), LOG_LEVEL: 'silent' } });
});
beforeEach(() => model.asked.splice(0));
afterAll(async () => {
  await mgx.stop();
  await model.stop();
});

const requirements = {
  title: 'Shelf',
  goals: ['keep books'],
  user_stories: ['add', 'list', 'remove'],
  requirements: ['R1', 'R2', 'R3'].map((id) => ({ id, text: `${id} of the shelf` })),
};
const files = { files: [{ path: 'shelf.txt', purpose: 'the shelf', interfaces: [], needs: [] }] };

/** Answers as the role that is asked would. */
function answerAs(said: string): ModelReply {
  if (said.includes('You are the product manager')) return { text: JSON.stringify(requirements) };
  if (said.includes('You are the architect')) return { text: JSON.stringify(files) };
  if (said.includes('You are the project manager')) return { text: JSON.stringify({ titles: [] }) };
  return { text: JSON.stringify({ content: 'a shelf of books' }) };
}

test('a task is written by the model, through a malformed answer and a failing provider, with its tokens counted', async () => {
  const faults: ModelReply[] = [{ text: 'no JSON' }, { status: 500 }];
  model.answerBy(({ said }: AskedModel) => faults.shift() ?? answerAs(said));
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.closed;
  expect(socket.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
  const artifact = eventsOf(socket).find(({ payload }) => (payload as { name?: string }).name === 'shelf.txt');
  expect(artifact).toMatchObject({ agent_role: 'Engineer', payload: { content: 'a shelf of books' } });
  const { body } = await mgx.api.get(`/v1/runs/mgx%3A${id}`);
  expect(body['usage']).toEqual({ inputTokens: 50, outputTokens: 25 });
});

test('in test_mode the model is not asked', async () => {
  const id = await mgx.create('make a to-do app', { test_mode: true });
  await (
    await mgx.watch(id)
  ).closed;
  expect((await mgx.api.get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'COMPLETED' });
  expect(model.asked).toEqual([]);
});

test('a refused key fails the task at once, and the client is told why', async () => {
  model.answerBy(() => ({ status: 401 }));
  const socket = await mgx.watch(await mgx.create());
  await socket.closed;
  const [error] = socket.frames.filter(({ type }) => type === 'error');
  expect(error).toMatchObject({ data: { code: 'model_refused' } });
  expect(model.asked).toHaveLength(1);
});

test('a cancel aborts the call', async () => {
  model.answerBy(() => ({ hang: true }));
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED'));
  const asked = await model.request(0);
  const from = performance.now();
  socket.send({ type: 'cancel' });
  await socket.closed;
  expect(performance.now() - from).toBeLessThan(2_000);
  expect(asked.isAborted).toBe(true);
});
