/** What outlives worker and gateway, and what is large. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOf, isAsked, isEnd, isType, newSession, seqsOf, startKi, wish, type Ki } from './ki.ts';

let ki: Ki;
beforeAll(async () => {
  ki = await startKi({}, { worker: false });
});
afterAll(() => ki.stop());

test('a run outlives its worker in mid-step: its bar never goes back, and no number is missing or told twice', async () => {
  const session = newSession();
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: wish, auto_approve: true, workspace_path: ki.workspace });
  const first = await ki.baton.startWorker();
  await socket.until((frame) => frame['server'] === 'architect_agent', 20_000);
  await first.stop();
  const second = await ki.baton.startWorker();
  expect(await socket.until(isEnd, 40_000)).toMatchObject({ status: 'completed' });
  await second.stop();
  const seqs = seqsOf(socket.frames);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  const architect = socket.frames.filter(
    (frame) => isType('mcp_progress')(frame) && frame['server'] === 'architect_agent',
  );
  const values = architect.map(({ progress }) => Number(progress));
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(
    socket.frames.filter((frame) => isType('agent_start')(frame) && frame['agent'] === 'architect_agent'),
  ).toHaveLength(1);
});

test('an answer given while no worker runs counts once there is one; another gateway tells the same frames', async () => {
  const session = newSession();
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: wish });
  const first = await ki.baton.startWorker();
  await socket.until(isAsked, 20_000);
  await first.stop();
  const { status } = await ki.api.post(`/api/sessions/${session}/hitl`, { decision: 'reject' });
  expect(status).toBe(202);
  const other = await (await ki.second()).open(`?session_id=${session}`);
  await other.until(isAsked);
  const second = await ki.baton.startWorker();
  expect(await socket.until(isEnd, 20_000)).toMatchObject({ status: 'rejected' });
  await other.until(isEnd);
  expect(eventsOf(other.frames)).toEqual(eventsOf(socket.frames));
  await second.stop();
});

test('files of more than 32 KiB stand whole in the end of the run, and in the session', async () => {
  const session = newSession();
  const worker = await ki.baton.startWorker();
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: wish });
  await socket.until(isAsked, 20_000);
  const many = Array.from({ length: 90 }, (_, index) => `src/part${index}.ts`);
  socket.send({ type: 'hitl_response', decision: 'revise', feedback: `add ${many.join(' ')}` });
  await socket.until((frame) => frame['request_id'] === 'hitl-2' && isAsked(frame), 20_000);
  socket.send({ type: 'hitl_response', request_id: 'hitl-2', decision: 'approve' });
  const end = await socket.until(isEnd, 40_000);
  const { code } = end['result'] as { code: { summary: string; files: { path: string; content: string }[] } };
  expect(JSON.stringify(code).length).toBeGreaterThan(64 * 1024);
  expect(code.files.map(({ path }) => path)).toEqual(expect.arrayContaining(many));
  const complete = socket.frames.findLast(isType('agent_complete'));
  expect(complete).toMatchObject({ result_summary: code.summary, result_size: expect.stringMatching(/^\d+\.\d KB$/) });
  expect((await ki.api.get(`/api/sessions/${session}`)).body['result']).toEqual(end['result']);
  await worker.stop();
});
