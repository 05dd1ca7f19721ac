/** Section 5 of the contract: a provider of models that answers, fails and is silent as it is told stands behind the roles. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mgxFileCharacters, mgxFilesMax } from '../../../protocol/limits.ts';
import { startModelServer, type AskedModel, type ModelReply, type ModelServer } from '../../harness/model-server.ts';
import { eventsOf, isError, isEvent, isoText, startMgx, statesOf, typesOf, type Mgx } from './mgx.ts';
import { busyMs } from '../../harness/busy.ts';

let model: ModelServer;
let mgx: Mgx;
beforeAll(async () => {
  model = await startModelServer();
  mgx = await startMgx(model.settings());
});
beforeEach(() => {
  model.asked.splice(0);
  model.answerBy(({ said }) => answerAs(said));
});
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
const filesOf = (paths: readonly string[]) => ({
  files: paths.map((path) => ({ path, purpose: 'the shelf', interfaces: [], needs: [] })),
});

/** Answers as the role that is asked would. */
function answerAs(said: string, { paths = ['shelf.txt'], content = 'a shelf of books' } = {}): ModelReply {
  if (said.includes('You are the product manager')) return { json: requirements };
  if (isArchitect(said)) return { json: filesOf(paths) };
  if (said.includes('You are the project manager')) return { json: { titles: [] } };
  return { json: { content } };
}

const isArchitect = (said: string) => said.includes('You are the architect');
const failAsArchitect = (reply: ModelReply) =>
  model.answerBy(({ said }) => (isArchitect(said) ? reply : answerAs(said)));

test.each(['tk-zzz', 'a%2Fb', '%zz', 'x'.repeat(300), 'mgx:tk-1', '%00'])(
  'a socket on %s, which is no task, is let in, told so, and closed with 1008; nothing is started (row 1)',
  async (id) => {
    const socket = await mgx.watch(id);
    expect((await socket.closed).code).toBe(1008);
    const message = expect.stringMatching(/^There is no /) as string;
    expect(socket.frames).toEqual([{ type: 'error', data: { code: 'task_not_found', message } }]);
    expect((await mgx.api.get(`/v1/runs/mgx%3A${id}`)).status).toBeGreaterThanOrEqual(404);
  },
);

test('a role that throws is retried; then ERROR, an error frame, the state FAILED, 1000 (row 3)', async () => {
  failAsArchitect({ status: 500, headers: { 'retry-after-ms': '0' } });
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  expect((await socket.closed).code).toBe(1000);
  expect(typesOf(socket).slice(-3)).toEqual(['ERROR', 'error', 'state']);
  const [error] = socket.frames.filter(isError);
  const message = expect.stringContaining('failed (500)') as string;
  expect(error).toEqual({ type: 'error', data: { code: 'model_failed', message } });
  const events = eventsOf(socket);
  expect(events.at(-1)).toEqual({
    event_id: events.length,
    task_id: id,
    run_id: 'r-1',
    event_type: 'ERROR',
    agent_role: 'Architect',
    message,
    payload: { status: 'FAILED', code: 'model_failed' },
    timestamp: isoText,
  });
  expect(socket.frames.at(-1)).toMatchObject({ type: 'state', data: { status: 'FAILED' } });
  const messages = events.map((event) => String(event['message']));
  expect(messages.filter((text) => text.startsWith('Attempt '))).toHaveLength(2);
  expect(messages.filter((text) => text === 'Reading 3 requirements')).toHaveLength(1);
  const progress = statesOf(socket).map((state) => Number(state['progress']));
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBeLessThan(0.4);
  const { body } = await mgx.api.get(`/api/tasks/${id}`);
  expect(body).toMatchObject({ status: 'FAILED', error: message, result: null });
});

test('a role that throws once is repeated, and what it had told is not told again', async () => {
  // Both its answer and the second chance within the call are of no use; the next attempt's is good.
  const faults: ModelReply[] = [{ text: 'no JSON' }, { text: 'none either' }];
  model.answerBy(({ said }) => (isArchitect(said) ? (faults.shift() ?? answerAs(said)) : answerAs(said)));
  const socket = await mgx.watch(await mgx.create());
  await socket.closed;
  expect(socket.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
  const messages = eventsOf(socket).map((event) => String(event['message']));
  expect(messages.filter((text) => text.startsWith('Attempt 1 failed and is repeated'))).toHaveLength(1);
  expect(messages.filter((text) => text === 'Reading 3 requirements')).toHaveLength(1);
  expect(eventsOf(socket).filter(({ event_type: type }) => type === 'AGENT_STARTED')).toHaveLength(5);
});

test('a failed task that is watched again tells its events and is not run; a retry runs it anew (3, rule 5; 4)', async () => {
  failAsArchitect({ status: 401 });
  const id = await mgx.create();
  const first = await mgx.watch(id);
  await first.closed;
  const late = await mgx.watch(id);
  expect((await late.closed).code).toBe(1000);
  expect(typesOf(late).slice(0, 2)).toEqual(['connected', 'state']);
  expect(late.frames[1]).toMatchObject({ data: { status: 'FAILED' } });
  expect(late.frames.filter(({ type }) => type === 'state')).toHaveLength(1);
  expect(eventsOf(late)).toEqual(eventsOf(first));
  expect(await mgx.api.post(`/api/tasks/${id}/run`)).toMatchObject({ status: 409 });
  expect(await mgx.api.post(`/api/tasks/${id}/cancel`)).toMatchObject({ status: 409 });
  expect(await mgx.api.post(`/api/tasks/${id}/retry`)).toMatchObject({
    status: 202,
    body: { status: 'PENDING', run_id: 'r-2', error: null },
  });
  model.answerBy(({ said }) => answerAs(said));
  const again = await mgx.watch(id, `?after=${eventsOf(first).length}`);
  await again.closed;
  expect(eventsOf(again)[0]).toMatchObject({ event_type: 'TASK_STARTED', run_id: 'r-2' });
  expect(again.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
});

test('retry makes a cancelled task PENDING again: a new run_id, event_id goes on, and it completes (4)', async () => {
  failAsArchitect({ hang: true });
  const id = await mgx.create();
  const socket = await mgx.watch(id);
  await socket.until(isEvent('AGENT_STARTED', 'Architect'));
  await mgx.api.post(`/api/tasks/${id}/cancel`);
  await socket.closed;
  const told = eventsOf(socket).length;
  const { status, body } = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(status).toBe(202);
  expect(body).toMatchObject({ id, status: 'PENDING', progress: 0, run_id: 'r-2', started_at: null });
  expect((await mgx.api.get(`/api/tasks/${id}`)).body).toEqual(body);
  model.answerBy(({ said }) => answerAs(said));
  const again = await mgx.watch(id, `?after=${told}`);
  await again.closed;
  expect(again.frames[0]).toMatchObject({ type: 'connected', data: { status: 'PENDING' } });
  const events = eventsOf(again);
  expect(events.map((event) => event['event_id'])).toEqual(events.map((_, index) => told + 1 + index));
  expect(new Set(events.map((event) => event['run_id']))).toEqual(new Set(['r-2']));
  expect(again.frames.at(-1)).toMatchObject({ data: { status: 'COMPLETED', progress: 1 } });
  const finished = await mgx.api.post(`/api/tasks/${id}/retry`);
  expect(finished).toMatchObject({ status: 409, body: { error: { code: 'task_finished' } } });
});

test('files as large as they may be come whole, also to one that stopped reading for a while', async () => {
  const paths = Array.from({ length: mgxFilesMax }, (_, index) => `shelf-${index}.txt`);
  const content = '書'.repeat(mgxFileCharacters);
  model.answerBy(({ said }) => answerAs(said, { paths, content }));
  const id = await mgx.create();
  const [whole, slow] = [await mgx.watch(id), await mgx.watch(id)];
  slow.ws.pause();
  await whole.until(isEvent('AGENT_FINISHED', 'Engineer'), 40_000);
  slow.ws.resume();
  await Promise.all([whole.closed, slow.closed]);
  expect(eventsOf(slow)).toEqual(eventsOf(whole));
  const written = eventsOf(whole).map(({ payload }) => payload as { content?: string });
  expect(written.filter((payload) => payload.content === content)).toHaveLength(mgxFilesMax);
});

describe('with a model', () => {
  test('a task is written by it, through a malformed answer and a failing provider, with its tokens counted', async () => {
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

  test('it is not asked in test_mode (1)', async () => {
    const id = await mgx.create('make a to-do app', { test_mode: true });
    const socket = await mgx.watch(id);
    await socket.closed;
    expect(eventsOf(socket)[0]).toMatchObject({ payload: { title: null, test_mode: true } });
    expect((await mgx.api.get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'COMPLETED' });
    expect(model.asked).toEqual([]);
  });

  test('a refused key fails the task at once, and the client is told why', async () => {
    model.answerBy(() => ({ status: 401 }));
    const socket = await mgx.watch(await mgx.create());
    await socket.closed;
    expect(socket.frames.filter(isError)).toMatchObject([{ data: { code: 'model_refused' } }]);
    expect(model.asked).toHaveLength(1);
  });

  test('a cancel aborts the call', async () => {
    model.answerBy(() => ({ hang: true }));
    const socket = await mgx.watch(await mgx.create());
    await socket.until(isEvent('AGENT_STARTED'));
    const asked = await model.request(0);
    const from = performance.now();
    socket.send({ type: 'cancel' });
    await socket.closed;
    expect(performance.now() - from).toBeLessThan(2_000 + busyMs);
    await expect.poll(() => asked.isAborted).toBe(true);
  });
});
