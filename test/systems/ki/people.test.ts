/** What a person decides, late, twice, wrong or not at all. Sections 1, 3 and 5 of the contract. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestSocket } from '../../harness/test-socket.ts';
import { isAsked, isEnd, isError, isType, newSession, startKi, story, wish, type Ki } from './ki.ts';

let ki: Ki;
beforeAll(async () => {
  ki = await startKi();
});
afterAll(() => ki.stop());

/** Says a wish and waits until its structure is to be approved. */
async function asked(options: Record<string, unknown> = {}, session = newSession()): Promise<TestSocket> {
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: wish, ...options });
  await socket.until(isAsked, 20_000);
  return socket;
}

const nthRequest = (count: number) => (frame: Record<string, unknown>) =>
  frame['request_id'] === `hitl-${count}` && isAsked(frame);
const endOf = (socket: TestSocket) => socket.until(isEnd, 30_000);
const lastError = (socket: TestSocket) => socket.frames.findLast(isError)?.['code'];

test('approve goes on to the codesmith; a second answer finds nobody asking', async () => {
  const socket = await asked();
  socket.send({ type: 'hitl_response', request_id: 'hitl-1', decision: 'approve', feedback: '' });
  await socket.until(isType('hitl_resolved'));
  socket.send({ type: 'hitl_response', request_id: 'hitl-1', decision: 'approve' });
  await socket.until(isError);
  expect(lastError(socket)).toBe('no_pending_hitl');
  expect(await endOf(socket)).toMatchObject({ status: 'completed' });
  expect(story(socket.frames).slice(10, 19)).toEqual([
    '3 hitl',
    'supervisor > hitl',
    'hitl_request',
    'hitl_resolved approve by client',
    'hitl > supervisor',
    '4 codesmith',
    'supervisor > codesmith',
    'agent_start codesmith_agent',
    'research_request',
  ]);
  expect(story(socket.frames)).toContain('5 finish');
});

test('{"approved": true} approves; nothing is written where writing is not allowed; without technologies it is asked for what is built', async () => {
  const socket = await asked({ workspace_path: ki.workspace });
  socket.send({ type: 'hitl_response', approved: true });
  expect(await endOf(socket)).toMatchObject({ status: 'completed', result: { code: { written: [] } } });
  expect((await readdir(ki.workspace)).toSorted()).toEqual(['index.js', 'package.json']);
  const bare = await asked();
  bare.send({ type: 'hitl_response', approved: true });
  expect(await bare.until(isType('research_request'), 20_000)).toMatchObject({
    query: expect.stringContaining('note-taking service') as string,
  });
  await endOf(bare);
});

test('reject ends the run as rejected; {"approved": false} says it, too', async () => {
  const socket = await asked();
  socket.send({ type: 'hitl_response', approved: false });
  expect(await endOf(socket)).toMatchObject({ status: 'rejected', error: null });
  expect(story(socket.frames).slice(-4)).toEqual([
    'hitl > supervisor',
    '4 finish',
    'supervisor > end',
    'workflow_complete rejected',
  ]);
});

test('revise brings the architect back with the feedback as instructions, three times at most', async () => {
  const socket = await asked();
  for (let count = 1; count <= 4; count++) {
    await socket.until(nthRequest(count), 20_000);
    socket.send({
      type: 'hitl_response',
      request_id: `hitl-${count}`,
      decision: 'revise',
      feedback: `add src/part${count}.ts`,
    });
  }
  expect(await endOf(socket)).toMatchObject({ status: 'rejected' });
  const starts = socket.frames.filter((frame) => isType('agent_start')(frame) && frame['agent'] === 'architect_agent');
  expect(starts.slice(1).map(({ instructions }) => instructions)).toEqual(
    [1, 2, 3].map((count) => `add src/part${count}.ts`),
  );
  const last = socket.frames.find(nthRequest(4));
  expect(last?.['context']).toMatchObject({
    proposed_structure: { src: expect.arrayContaining(['part1.ts', 'part2.ts', 'part3.ts']) },
    reasoning: expect.stringContaining('add src/part3.ts'),
  });
});

test('nobody in time: the run ends as timed_out, resolved by the timeout', async () => {
  const socket = await asked({ hitl_timeout_seconds: 1 });
  expect(socket.frames.find(isAsked)).toMatchObject({ timeout_seconds: 1 });
  expect(await endOf(socket)).toMatchObject({ status: 'timed_out' });
  expect(story(socket.frames)).toContain('hitl_resolved reject by timeout');
  socket.send({ type: 'hitl_response', request_id: 'hitl-1', decision: 'approve' });
  await socket.until(isError);
  expect(lastError(socket)).toBe('no_pending_hitl');
});

test('a wrong id, a bad decision and too much feedback are refused, and the question stays', async () => {
  const session = newSession();
  const socket = await asked({}, session);
  const refused = async (answer: object) => {
    const before = socket.frames.filter(isError).length;
    socket.send({ type: 'hitl_response', ...answer });
    await socket.until(() => socket.frames.filter(isError).length > before);
    return lastError(socket);
  };
  expect(await refused({ request_id: 'hitl-7', decision: 'approve' })).toBe('unknown_request');
  expect(await refused({ request_id: 'hitl-1', decision: 'perhaps' })).toBe('invalid_decision');
  expect(await refused({ request_id: 'hitl-1' })).toBe('invalid_decision');
  expect(await refused({ decision: 'revise', feedback: 'x'.repeat(5_001) })).toBe('invalid_request');
  const { body } = await ki.api.get(`/api/sessions/${session}`);
  expect(body).toMatchObject({
    status: 'waiting_hitl',
    pending_hitl: { request_id: 'hitl-1', request_type: 'approve_architecture', timeout_seconds: 300 },
  });
  const { status } = await ki.api.post(`/api/sessions/${session}/hitl`, { decision: 'reject' });
  expect(status).toBe(202);
  await endOf(socket);
});

test('of two who answer at once one is taken, and both are told of it', async () => {
  const session = newSession();
  const first = await asked({}, session);
  const second = await ki.open(`?session_id=${session}`);
  await second.until(isAsked);
  const answers = await Promise.all(
    ['reject', 'reject'].map((decision) => ki.api.post(`/api/sessions/${session}/hitl`, { decision })),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
  await Promise.all([first, second].map(endOf));
  expect(second.frames.slice(1)).toEqual(first.frames.slice(1));
});

test('a question can be answered through the native surface, and is told to this one', async () => {
  const session = newSession();
  const socket = await asked({}, session);
  const { body } = await ki.api.get(`/v1/questions?run=ki:${session}`);
  const [question] = body['items'] as { id: string }[];
  const path = `/v1/runs/ki:${session}/questions/${question?.id}/answer`;
  expect((await ki.api.post(path, { answer: { decision: 'reject' } })).status).toBe(200);
  await endOf(socket);
  expect(story(socket.frames)).toContain('hitl_resolved reject by client');
});
