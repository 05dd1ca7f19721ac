/** ki-autoagent over HTTP, and who may what: the product with the contract's environment. Sections 2 and 5. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../../harness/gateway.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { eventsOf, isAsked, isEnd, isError, isType, newSession, question, startKi, wish, type Ki } from './ki.ts';
import { unique } from '../../harness/temporal-server.ts';

let ki: Ki;
let roots: [string, string];
beforeAll(async () => {
  roots = [await mkdtemp(join(tmpdir(), 'baton-ki-roots-')), await mkdtemp(join(tmpdir(), 'baton-ki-roots-'))];
  await writeFile(join(roots[1], 'requirements.txt'), 'flask\n');
  await symlink('/etc', join(roots[0], 'out'));
  await symlink(roots[1], join(roots[0], 'within'));
  ki = await startKi({
    AUTH_TOKEN: `${unique('ann')}:client:secret-a,${unique('bob')}:client:secret-b,${unique('root')}:ops:secret-r`,
    WORKSPACE_ROOTS: roots.join(':'),
  });
});
afterAll(async () => {
  await ki.stop();
  for (const root of roots) await rm(root, { recursive: true });
});

const as = (token: string) => new Api(ki.url, token);
const ann = () => as('secret-a');
const fault = (code: string) => ({
  error: { code, message: expect.stringMatching(/./) },
  detail: expect.stringMatching(/./),
});

async function start(session: string, body: object = {}): Promise<void> {
  const { status } = await ann().post('/api/sessions', { message: question, session_id: session, ...body });
  expect(status).toBe(202);
}

const ended = (session: string, api = ann()) =>
  until(`the end of ${session}`, async () => {
    const { body } = await api.get(`/api/sessions/${session}`);
    return body['finished_at'] === null ? null : body;
  });

test('a run is started, read, and polled', async () => {
  const session = newSession();
  const { status, body } = await ann().post('/api/sessions', { message: question, session_id: session });
  expect([status, body]).toEqual([202, { session_id: session, status: 'running' }]);
  const view = await ended(session);
  expect(view).toEqual({
    session_id: session,
    status: 'completed',
    iteration: 2,
    current_agent: null,
    pending_hitl: null,
    result: expect.objectContaining({ status: 'completed' }),
    error: null,
    events_total: expect.any(Number),
    started_at: expect.stringMatching(/Z$/),
    finished_at: expect.stringMatching(/Z$/),
  });
  const all = (await ann().get(`/api/sessions/${session}/events`)).body as {
    events: Record<string, unknown>[];
    next: number;
  };
  expect(eventsOf(all.events).map(({ seq }) => seq)).toEqual(
    Array.from({ length: view['events_total'] as number }, (_, index) => index + 1),
  );
  expect(all.next).toBe(view['events_total']);
  expect(isEnd(all.events.at(-1) ?? {})).toBe(true);
  const rest = (await ann().get(`/api/sessions/${session}/events?after=5`)).body as typeof all;
  expect(rest.events).toEqual(all.events.slice(5));
});

test('a panel that only listens sees a run in one of the roots fill its bar', async () => {
  const panel = await TestSocket.open(`${ki.url.replace('http', 'ws')}/ws/chat?token=secret-a`);
  const session = newSession();
  // The link leads from one root into the other.
  await start(session, { workspace_path: join(roots[0], 'within') });
  expect(await panel.until((frame) => isEnd(frame) && frame['session_id'] === session, 30_000)).toMatchObject({
    status: 'completed',
  });
  const own = panel.frames.filter(({ session_id }) => session_id === session);
  expect(own.findLast(isType('mcp_progress'))).toMatchObject({ server: 'research_agent', progress: 1 });
  expect(own.find(isType('agent_complete'))).toMatchObject({
    agent_name: 'Research Agent',
    result_summary: 'Found 1 technologies, 5 best practices',
  });
  panel.close();
});

test('an id may have up to 128 letters, digits and . _ : -', async () => {
  const session = `${newSession()}A.b_c:d`.padEnd(128, '-');
  await start(session);
  expect(await ended(session)).toMatchObject({ session_id: session, status: 'completed' });
});

test('the id is made where none is given', async () => {
  const { status, body } = await ann().post('/api/sessions', { message: question });
  expect(status).toBe(202);
  expect(body['session_id']).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  await ended(String(body['session_id']));
});

test('the same request again, at once or later, is no second run of a session that is busy', async () => {
  const session = newSession();
  const say = () => ann().post('/api/sessions', { message: wish, session_id: session });
  const both = await Promise.all([say(), say()]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
  expect((await say()).body).toEqual(fault('session_busy'));
  await ann().post(`/api/sessions/${session}/cancel`);
  expect(await ended(session)).toMatchObject({ status: 'cancelled', error: null, result: null });
  await start(session);
  expect(await ended(session)).toMatchObject({ status: 'completed' });
});

test('a session that works tells its agent; one that waits, what it asks', async () => {
  const session = newSession();
  await start(session, { message: wish, hitl_timeout_seconds: 60 });
  const at = (key: string) =>
    until(key, async () => {
      const { body } = await ann().get(`/api/sessions/${session}`);
      return body[key] === null ? null : body;
    });
  expect(await at('current_agent')).toMatchObject({
    status: 'running',
    current_agent: expect.stringMatching(/_agent$/),
  });
  expect(await at('pending_hitl')).toMatchObject({
    status: 'waiting_hitl',
    pending_hitl: { request_id: 'hitl-1', timeout_seconds: 60 },
  });
  const answer = (body: object) => ann().post(`/api/sessions/${session}/hitl`, body);
  expect([(await answer({ request_id: 'hitl-9', decision: 'approve' })).body]).toEqual([fault('unknown_request')]);
  const bad = await answer({ decision: 'maybe' });
  expect([bad.status, bad.body]).toEqual([422, fault('invalid_decision')]);
  expect((await answer({ request_id: 'hitl-1', decision: 'reject', feedback: 'no' })).status).toBe(202);
  expect(await ended(session)).toMatchObject({ status: 'rejected' });
  const late = await answer({ decision: 'approve' });
  expect([late.status, late.body]).toEqual([409, fault('no_pending_hitl')]);
  const over = await ann().post(`/api/sessions/${session}/cancel`);
  expect([over.status, over.body]).toEqual([409, fault('already_ended')]);
});

test.each([
  ['no message', {}, 422, 'invalid_request'],
  ['an empty message', { message: '' }, 422, 'invalid_request'],
  ['a blank one', { message: ' ' }, 422, 'invalid_request'],
  ['one that is too long', { message: 'x'.repeat(20_001) }, 422, 'invalid_request'],
  ['a bad id', { message: 'x', session_id: 'a b' }, 422, 'invalid_request'],
  ['an id that is too long', { message: 'x', session_id: 'x'.repeat(129) }, 422, 'invalid_request'],
  ['a timeout of 0', { message: 'x', hitl_timeout_seconds: 0 }, 422, 'invalid_request'],
  ['a timeout over a day', { message: 'x', hitl_timeout_seconds: 86_401 }, 422, 'invalid_request'],
  ['approval that is no boolean', { message: 'x', auto_approve: 'yes' }, 422, 'invalid_request'],
  ['no body', undefined, 422, 'invalid_request'],
  ['a workspace outside the roots', { message: 'x', workspace_path: tmpdir() }, 403, 'workspace_forbidden'],
])('a start with %s is refused', async (_what, body, status, code) => {
  const answer = await ann().post('/api/sessions', body);
  expect([answer.status, answer.body]).toEqual([status, fault(code)]);
  expect(answer.body['detail']).toBe((answer.body['error'] as { message: string }).message);
});

test.each(['out', 'out/passwd', '../elsewhere'])('a way out of a root, %s, is refused', async (path) => {
  const answer = await ann().post('/api/sessions', { message: 'x', workspace_path: `${roots[0]}/${path}` });
  expect([answer.status, answer.body]).toEqual([403, fault('workspace_forbidden')]);
});

test.each([
  ['GET', '', 404],
  ['GET', '/events', 404],
  ['POST', '/hitl', 404],
  ['POST', '/cancel', 404],
])('%s of a session that is not there%s', async (method, path, status) => {
  const answer = await ann().call(method, `/api/sessions/nowhere${path}`, method === 'POST' ? {} : undefined);
  expect([answer.status, answer.body]).toEqual([status, fault('session_not_found')]);
});

test('a cursor that is none is refused', async () => {
  const session = newSession();
  await start(session);
  for (const after of ['-1', 'x', '1.5']) {
    const answer = await ann().get(`/api/sessions/${session}/events?after=${after}`);
    expect([answer.status, answer.body]).toEqual([422, fault('invalid_request')]);
  }
  await ended(session);
});

describe('with authentication', () => {
  const url = () => `${ki.url.replace('http', 'ws')}/ws/chat`;

  test('without a token, or with a wrong one, HTTP and upgrade are 401; the token may stand in the query', async () => {
    const without = await new Api(ki.url).post('/api/sessions', { message: question });
    expect([without.status, without.body]).toEqual([401, fault('unauthenticated')]);
    await expect(TestSocket.open(url())).rejects.toThrow('401');
    await expect(TestSocket.open(`${url()}?token=wrong`)).rejects.toThrow('401');
    const headers = { authorization: 'Bearer secret-a' };
    for (const socket of [
      await TestSocket.open(`${url()}?token=secret-a`),
      await TestSocket.open(url(), { headers }),
    ]) {
      expect(await socket.until(isType('connected'))).toMatchObject({ type: 'connected' });
      socket.close();
    }
    expect((await fetch(`${ki.url}/api/sessions/nowhere?token=secret-a`)).status).toBe(404);
  });

  test("somebody else's session is not there, cannot be taken, and is not watched", async () => {
    const watcher = await TestSocket.open(`${url()}?token=secret-b`);
    const session = newSession();
    const joined = await TestSocket.open(`${url()}?token=secret-b&session_id=${session}`);
    await start(session, { message: wish });
    const own = await TestSocket.open(`${url()}?token=secret-a&session_id=${session}`);
    await own.until(isAsked, 20_000);
    const bob = as('secret-b');
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['POST', '/hitl'],
    ] as const) {
      const answer = await bob.call(
        method,
        `/api/sessions/${session}${path}`,
        method === 'POST' ? { decision: 'approve' } : undefined,
      );
      expect(answer.status).toBe(404);
    }
    joined.send({ type: 'chat', message: question });
    expect(await joined.until(isError)).toMatchObject({ code: 'id_taken' });
    joined.send({ type: 'hitl_response', decision: 'approve' });
    await joined.until((frame) => frame['code'] === 'no_pending_hitl');
    const own2 = newSession();
    await bob.post('/api/sessions', { message: question, session_id: own2 });
    await watcher.until((frame) => isEnd(frame) && frame['session_id'] === own2, 20_000);
    const seen = new Set(eventsOf([...watcher.frames, ...joined.frames]).map(({ session_id }) => session_id));
    expect(seen).toEqual(new Set([own2]));
    const ops = await as('secret-r').get(`/api/sessions/${session}`);
    expect(ops.body).toMatchObject({ status: 'waiting_hitl' });
    await ann().post(`/api/sessions/${session}/cancel`);
    await own.until(isEnd);
  });
});
