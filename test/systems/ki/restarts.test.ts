/** What outlives worker and gateway, and what is large: processes of their own, killed. Sections 5 and 6 of the contract. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { eventsOf, isAsked, isEnd, isType, newSession, seqsOf, startKi, wish, type Ki } from './ki.ts';

let ki: Ki;
beforeAll(async () => {
  ki = await startKi({}, { args: ['--split'] });
});
afterAll(() => ki.stop());

const upTo = (numbers: readonly unknown[]) => numbers.map((_, index) => index + 1);
const atWork = (socket: TestSocket, agent: string) => socket.until(({ server }) => server === agent, 40_000);
const say = async (chat: object, session = newSession()) => {
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: wish, ...chat });
  return { session, socket };
};

test('a run outlives its worker in mid-step: its bar never goes back, and no number is missing or told twice', async () => {
  const { socket } = await say({ auto_approve: true, workspace_path: ki.workspace });
  await atWork(socket, 'architect_agent');
  process.kill(ki.product.launched.pidOf('worker'), 'SIGKILL');
  expect(await socket.until(isEnd, 50_000)).toMatchObject({ status: 'completed' });
  expect(seqsOf(socket.frames)).toEqual(upTo(seqsOf(socket.frames)));
  const ofArchitect = (frame: Record<string, unknown>) =>
    (frame['server'] ?? frame['agent']) === 'architect_agent' && frame['type'] !== 'progress';
  const architect = socket.frames.filter(ofArchitect);
  const values = architect.filter(isType('mcp_progress')).map(({ progress }) => Number(progress));
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect([values[0], values.at(-1)]).toEqual([0, 1]);
  expect(architect.filter(isType('agent_start'))).toHaveLength(1);
  expect(architect.filter(isType('agent_complete'))).toHaveLength(1);
});

test('a run outlives its gateway: who comes back to the same address with a number has everything once', async () => {
  const { session, socket } = await say({ auto_approve: true });
  await atWork(socket, 'research_agent');
  const gateway = ki.product.launched.pidOf('gateway');
  process.kill(gateway, 'SIGKILL');
  await socket.closed;
  const after = Number(seqsOf(socket.frames).at(-1));
  const back = await until('another gateway at the same address', () =>
    ki.open(`?session_id=${session}&after=${after}`).catch(() => null),
  );
  await back.until(isEnd, 40_000);
  const seqs = [...seqsOf(socket.frames), ...seqsOf(back.frames)];
  expect(seqs).toEqual(upTo(seqs));
  expect(back.frames.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' });
  expect(ki.product.launched.pidOf('gateway')).not.toBe(gateway);
});

test('an answer given while no worker runs counts once there is one; another gateway tells the same frames', async () => {
  const { session, socket } = await say({});
  await socket.until(isAsked, 40_000);
  const worker = ki.product.launched.pidOf('worker');
  process.kill(worker, 'SIGSTOP');
  const { status } = await ki.api.post(`/api/sessions/${session}/hitl`, { decision: 'reject' });
  expect(status).toBe(202);
  const other = await (await ki.second()).open(`?session_id=${session}`);
  await other.until(isAsked);
  expect(other.frames.some(isEnd)).toBe(false);
  process.kill(worker, 'SIGKILL');
  expect(await socket.until(isEnd, 40_000)).toMatchObject({ status: 'rejected' });
  await other.until(isEnd);
  expect(eventsOf(other.frames)).toEqual(eventsOf(socket.frames));
});

test('files of more than 32 KiB stand whole in the end of the run, and in the session', async () => {
  const { session, socket } = await say({});
  await socket.until(isAsked, 40_000);
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
});
