/** Who receives what: bound sockets, watchers, replay, polling; and cancel. Sections 2, 3, 4 and 7 of the contract. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Frame, TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import {
  eventsOf,
  isAsked,
  isEnd,
  isError,
  isType,
  newSession,
  question,
  runToEnd,
  seqsOf,
  startKi,
  story,
  wish,
  type Ki,
} from './ki.ts';
import { busyMs } from '../../harness/busy.ts';

let ki: Ki;
beforeAll(async () => {
  ki = await startKi();
});
afterAll(() => ki.stop());

const post = (session: string, message = question, more: object = {}) =>
  ki.api.post('/api/sessions', { message, session_id: session, ...more });
const ended = (socket: TestSocket) => socket.until(isEnd, 30_000);
const ofSession = (socket: TestSocket, session: string) =>
  socket.frames.filter(({ session_id }) => session_id === session);

test('the panel, which opens the address and sends nothing, fills the bar of each agent of a run begun elsewhere (7)', async () => {
  const panel = new WebSocket(`${ki.url.replace('http', 'ws')}/ws/chat`);
  const session = newSession();
  const bars = new Map<unknown, string>();
  const shown: string[] = [];
  const over = Promise.withResolvers<void>();
  panel.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
    // Other tests have runs, too.
    if (frame['session_id'] !== session) return;
    if (frame['type'] === 'mcp_progress')
      bars.set(frame['server'], `${(Number(frame['progress']) * 100).toFixed(0)} % ${String(frame['message'])}`);
    if (frame['type'] === 'agent_complete')
      shown.push(`${String(frame['agent_name'])}, ${typeof frame['duration_ms']}: ${bars.get(frame['agent'])}`);
    if (frame['type'] === 'workflow_complete') over.resolve();
  });
  await new Promise((resolve) => panel.once('open', resolve));
  await post(session, wish, { auto_approve: true });
  await over.promise;
  expect(shown).toEqual([
    'Research Agent, number: 100 % ✅ Found 0 technologies, 4 best practices',
    expect.stringMatching(/^Architect Agent, number: 100 % ✅ /),
    'Research Agent, number: 100 % ✅ Found 0 technologies, 4 best practices',
    expect.stringMatching(/^Codesmith Agent, number: 100 % ✅ /),
  ]);
  panel.terminate();
});

test('a watcher is told of all sessions, also of one that goes on, each frame once', async () => {
  const watcher = await ki.open();
  const [one, two] = [newSession(), newSession()];
  await Promise.all([post(one), post(two)]);
  const endsOf = (session: string) => ofSession(watcher, session).filter(isEnd).length;
  await watcher.until(() => endsOf(one) === 1 && endsOf(two) === 1, 30_000);
  await post(one);
  await watcher.until(() => endsOf(one) === 2, 30_000);
  for (const session of [one, two]) {
    const seqs = seqsOf(ofSession(watcher, session));
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
  watcher.close();
});

test('a watcher that comes in mid-run is told that run from its beginning, and no run that is over', async () => {
  const over = newSession();
  await post(over);
  const first = await ki.open(`?session_id=${over}`);
  await ended(first);
  const session = newSession();
  await post(session, wish);
  const bound = await ki.open(`?session_id=${session}`);
  await bound.until(isAsked, 20_000);
  const watcher = await ki.open();
  await watcher.until((frame) => isAsked(frame) && frame['session_id'] === session);
  expect(ofSession(watcher, over)).toEqual([]);
  await ki.api.post(`/api/sessions/${session}/hitl`, { decision: 'reject' });
  await Promise.all([ended(bound), watcher.until((frame) => isEnd(frame) && frame['session_id'] === session)]);
  expect(eventsOf(ofSession(watcher, session))).toEqual(eventsOf(bound.frames));
});

test('a watcher that says a chat is bound to that session alone, a fresh one, of which it is told from the beginning', async () => {
  const socket = await ki.open();
  const own = String(socket.frames[0]?.['session_id']);
  const other = await ki.open();
  socket.send({ type: 'chat', message: question });
  await socket.until((frame) => isEnd(frame) && frame['session_id'] === own, 20_000);
  const session = newSession();
  await post(session);
  await other.until((frame) => isEnd(frame) && frame['session_id'] === session, 20_000);
  expect(ofSession(socket, session)).toEqual([]);
  const seqs = seqsOf(ofSession(socket, own));
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});

test('init says where the work is, and takes the session that it names', async () => {
  const socket = await ki.open();
  const session = newSession();
  socket.send({ type: 'init', workspace_path: ki.workspace, session_id: session });
  expect(await socket.until(isType('initialized'))).toEqual({
    type: 'initialized',
    session_id: session,
    workspace_path: ki.workspace,
  });
  const before = socket.frames.length;
  socket.send({ type: 'chat', message: question });
  await socket.until((frame) => isEnd(frame) && frame['session_id'] === session, 20_000);
  expect(ofSession(socket, session).find(isType('agent_complete'))).toMatchObject({
    result_summary: 'Found 2 technologies, 7 best practices',
  });
  const told = new Set(eventsOf(socket.frames.slice(before)).map(({ session_id }) => session_id));
  expect(told).toEqual(new Set([session]));
});

test('the socket stays open for the next chat, which begins at iteration 1; seq and the workspace go on', async () => {
  const socket = await runToEnd(ki, { message: question, workspace_path: ki.workspace });
  const session = String(socket.frames[0]?.['session_id']);
  const again = await ki.open(`?session_id=${session}`);
  await ended(again);
  again.send({ type: 'chat', message: question });
  await socket.until(() => socket.frames.filter(isEnd).length === 2, 20_000);
  await again.until(() => again.frames.filter(isEnd).length === 2);
  const seqs = seqsOf(socket.frames);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  const iterations = socket.frames.filter(isType('supervisor_decision')).map(({ iteration }) => iteration);
  expect(iterations).toEqual([1, 2, 1, 2]);
  const summaries = socket.frames.filter(isType('agent_complete')).map(({ result_summary }) => result_summary);
  expect(new Set(summaries)).toEqual(new Set(['Found 2 technologies, 7 best practices']));
});

test('two sockets of one session are told the same frames in the same order, early, in mid-run and after the end', async () => {
  const session = newSession();
  const early = await ki.open(`?session_id=${session}`);
  await early.until(isType('connected'));
  await post(session, wish, { auto_approve: true });
  const middle = await ki.open(`?session_id=${session}`);
  await Promise.all([ended(early), ended(middle)]);
  const late = await ki.open(`?session_id=${session}`);
  await ended(late);
  expect(early.frames[0]).toMatchObject({ type: 'connected', session_id: session });
  expect(middle.frames.slice(1)).toEqual(early.frames.slice(1));
  expect(late.frames.slice(1)).toEqual(early.frames.slice(1));
});

test('who comes back says after which event, and gets the rest without a gap or a repeat, through another gateway, too; one that stops says 1001', async () => {
  const session = newSession();
  const first = await ki.open(`?session_id=${session}`);
  first.send({ type: 'chat', message: wish, auto_approve: true });
  await first.until((frame) => frame['seq'] === 7, 20_000);
  first.close();
  await first.closed;
  const after = Math.max(...seqsOf(first.frames).map(Number));
  const second = await ki.second();
  const rest = await second.open(`?session_id=${session}&after=${after}`);
  await ended(rest);
  const seqs = [...seqsOf(first.frames), ...seqsOf(rest.frames)];
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(rest.frames.filter(isEnd)).toHaveLength(1);
  expect(eventsOf([rest.frames[1] ?? {}])[0]).toMatchObject({ seq: after + 1 });
  await second.stop();
  expect((await rest.closed).code).toBe(1001);
});

test('who comes back with the last number is told nothing again, and hears the next chat from its first frame', async () => {
  const socket = await runToEnd(ki, { message: question });
  const session = String(socket.frames[0]?.['session_id']);
  const last = Number(seqsOf(socket.frames).at(-1));
  const back = await ki.open(`?session_id=${session}&after=${last}`);
  const before = await ki.open(`?session_id=${session}&after=${last - 1}`);
  await ended(before);
  expect(before.frames.slice(1)).toEqual(socket.frames.slice(-2));
  back.send({ type: 'chat', message: question });
  await ended(back);
  expect(back.frames.slice(0, 2)).toMatchObject([
    { type: 'connected' },
    { type: 'supervisor_decision', seq: last + 1 },
  ]);
  expect(back.frames.filter(isEnd)).toHaveLength(1);
});

test('who polls is told once what a socket is told, the answer and both ends with it (2)', async () => {
  const session = newSession();
  const socket = await ki.open(`?session_id=${session}`);
  const polled: Frame[] = [];
  let next = 0;
  const poll = async () => {
    const { body } = await ki.api.get(`/api/sessions/${session}/events?after=${next}`);
    const events = body['events'] as Frame[];
    polled.push(...events);
    next = body['next'] as number;
    return events;
  };
  const pollUntil = (fits: (frame: Frame) => boolean) =>
    until('what is polled for', async () => (await poll()).some(fits));
  await post(session, wish);
  await pollUntil(isAsked);
  await ki.api.post(`/api/sessions/${session}/hitl`, { decision: 'revise', feedback: 'add docs/usage.md' });
  await pollUntil((frame) => isAsked(frame) && frame['request_id'] === 'hitl-2');
  expect(await poll()).toEqual([]);
  await ki.api.post(`/api/sessions/${session}/cancel`);
  await pollUntil(isEnd);
  expect(await poll()).toEqual([]);
  await post(session);
  await pollUntil(isEnd);
  expect(await poll()).toEqual([]);
  await until('both ends', () => socket.frames.filter(isEnd).length === 2);
  expect(polled).toEqual(socket.frames.slice(1).filter(({ type }) => type !== 'progress'));
  expect(polled.filter(isType('hitl_resolved'))).toHaveLength(1);
});

test('alias=0 drops the short copies and nothing else', async () => {
  const session = newSession();
  await post(session);
  const [plain, all] = await Promise.all([
    ki.open(`?session_id=${session}&alias=0`),
    ki.open(`?session_id=${session}`),
  ]);
  await Promise.all([ended(plain), ended(all)]);
  expect(plain.frames.slice(1)).toEqual(all.frames.slice(1).filter(({ type }) => type !== 'progress'));
});

test('a run goes on when its client drops', async () => {
  const session = newSession();
  const socket = await ki.open(`?session_id=${session}`);
  socket.send({ type: 'chat', message: question });
  await socket.until(isType('agent_start'));
  socket.close();
  const back = await ki.open(`?session_id=${session}`);
  expect(await ended(back)).toMatchObject({ status: 'completed' });
});

test('a run that was started natively is watched and cancelled here by its own id', async () => {
  const id = newSession();
  await ki.api.post('/v1/runs', { blueprint: 'ki-autoagent', id, input: { message: wish } });
  const socket = await ki.open(`?session_id=${id}`);
  await socket.until(isAsked, 20_000);
  expect((await ki.api.post(`/api/sessions/${id}/cancel`)).status).toBe(202);
  expect(await ended(socket)).toMatchObject({ status: 'cancelled', session_id: id });
});

describe('cancel', () => {
  test('while an agent works: within two seconds, its bar full, then the end', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    socket.send({ type: 'chat', message: wish });
    await socket.until(isType('agent_start'));
    const askedAt = performance.now();
    socket.send({ type: 'cancel' });
    expect(await ended(socket)).toMatchObject({ status: 'cancelled', result: null, error: null });
    expect(performance.now() - askedAt).toBeLessThan(2_000 + busyMs);
    const bars = socket.frames.filter(isType('mcp_progress'));
    expect(bars.at(-1)).toMatchObject({ progress: 1, message: expect.stringMatching(/^❌ /) });
    expect(story(socket.frames).slice(-3)).toEqual([
      'agent_complete research_agent',
      'research > end',
      'workflow_complete cancelled',
    ]);
  });

  test('while a person is asked', async () => {
    const socket = await ki.open(`?session_id=${newSession()}`);
    socket.send({ type: 'chat', message: wish });
    await socket.until(isAsked, 20_000);
    const askedAt = performance.now();
    socket.send({ type: 'cancel' });
    expect(await ended(socket)).toMatchObject({ status: 'cancelled' });
    expect(performance.now() - askedAt).toBeLessThan(2_000 + busyMs);
    expect(story(socket.frames).slice(-3)).toEqual(['hitl_request', 'hitl > end', 'workflow_complete cancelled']);
  });

  test('with nothing to cancel', async () => {
    const socket = await ki.open();
    socket.send({ type: 'cancel' });
    expect(await socket.until(isError)).toMatchObject({ code: 'already_ended' });
  });
});
