import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Principal } from '../../protocol/execution.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { readLog } from '../harness/read-log.ts';

const { PENDING_ACTIVITY_STATE_PAUSED: PAUSED } = proto.temporal.api.enums.v1.PendingActivityState;

let baton: TestBaton;
let client: Client;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'error' } });
  client = connectTemporal(baton.config, createDataConverter(baton.config));
});
afterAll(async () => {
  await client.connection.close();
  await baton.stop();
});

const olga: Principal = { name: 'olga', roles: ['ops'], authenticated: true, via: 'cli', from: '10.0.0.7' };
const ben: Principal = { name: 'ben', roles: ['ops'], authenticated: true, via: 'http', from: '10.0.0.8' };

const start = async (steps: { script: unknown[] }[], blueprint = 'script') => {
  const { run } = await baton.engine.runs.start({ blueprint, input: { steps } }, anonymous);
  return run.id;
};
const emit = (kind: string) => ({ do: 'emit', count: 1, kind });
const kindsOf = (events: RunEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'agent.emitted' ? [data['kind']] : []));
const askedId = (events: RunEvent[]) => {
  const question = events.at(-1)?.data['question'];
  return (question as { id: string } | undefined)?.id ?? '';
};
/** Of the step that is at work, as the server has it. */
const pendingState = async (run: string) => {
  const { raw } = await client.workflow.getHandle(run).describe();
  return raw.pendingActivities?.[0]?.state;
};
const typesOf = (events: RunEvent[]) => events.map(({ type }) => type);

test('a paused run waits between two steps, and the log says who paused it, which way and from where', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a'), { do: 'ask' }] }, { script: [emit('b')] }]);
  const asked = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked');
  const pausing = await runs.pause(run, { reason: 'night' }, olga);
  expect(pausing).toMatchObject({ status: 'waiting', paused: { by: 'olga', reason: 'night' } });
  await runs.answer(run, askedId(asked), { yes: true }, ben, { onBehalfOf: 'ann' });
  const upToStep = await readUntil(baton.engine, run, ({ type }) => type === 'agent.completed');
  expect(upToStep.find(({ type }) => type === 'run.paused')?.data).toMatchObject({
    by: 'olga',
    via: 'cli',
    from: '10.0.0.7',
    reason: 'night',
  });
  expect(upToStep.find(({ type }) => type === 'question.answered')?.data).toMatchObject({
    by: 'ben',
    onBehalfOf: 'ann',
    via: 'http',
  });
  expect(await runs.state(run)).toMatchObject({ status: 'paused', current: [] });
  await expect(runs.unpause(run, { step: 'scripted#9' }, olga)).rejects.toMatchObject({ code: 'step_unknown' });
  await runs.unpause(run, {}, ben);
  const events = await readToEnd(baton.engine, run);
  expect(typesOf(events).filter((type) => type.startsWith('run.'))).toEqual([
    'run.started',
    'run.paused',
    'run.unpaused',
    'run.completed',
  ]);
  expect(kindsOf(events)).toEqual(['a', 'b']);
  await expect(runs.unpause(run, {}, ben)).rejects.toMatchObject({ code: 'run_ended' });
});

test('a paused step ends its attempt with its checkpoint, is not counted as failed, and goes on where it was', async () => {
  const { runs } = baton.engine;
  const run = await start([
    { script: [{ do: 'checkpoint', value: 7 }, emit('before'), { do: 'hold', once: true }, emit('after')] },
  ]);
  // A pause that came before the attempt had begun would find no checkpoint.
  await readUntil(baton.engine, run, ({ type }) => type === 'agent.emitted');
  await runs.pause(run, { step: 'scripted#1' }, olga);
  await expect
    .poll(async () => (await runs.predict(run, { command: 'retry-step' })).repeats)
    .toMatchObject([{ step: 'scripted#1', startedAttempts: 1 }]);
  await expect.poll(async () => (await runs.state(run)).status).toBe('paused');
  // An attempt that has not heard of the pause yet would just work on after it.
  await expect.poll(() => pendingState(run)).toBe(PAUSED);
  await runs.unpause(run, { step: 'scripted#1' }, ben);
  const events = await readToEnd(baton.engine, run);
  expect(typesOf(events)).toEqual(expect.arrayContaining(['step.paused', 'step.unpaused']));
  expect(typesOf(events)).not.toContain('agent.attempt_failed');
  const completed = events.find(({ type }) => type === 'agent.completed');
  expect(completed).toMatchObject({ attempt: 2, data: { result: { resumedFrom: 7 } } });
});

test('a step that waits for its next attempt gets it at once, and its attempts go on counting', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [{ do: 'fail', attempts: 1 }, emit('second')] }], 'slow-retry');
  const failed = await readUntil(baton.engine, run, ({ type }) => type === 'agent.attempt_failed');
  // The log tells of the failure before the server has taken it: until then the attempt is still at work.
  const retried = async () => {
    await runs.retryStep(run, {}, olga);
    return (await readLog(baton.engine, run)).some(({ type }) => type === 'step.retried');
  };
  await expect.poll(retried).toBe(true);
  const events = await readToEnd(baton.engine, run, { after: failed.at(-1)?.seq ?? 0 });
  expect(events.find(({ type }) => type === 'step.retried')).toMatchObject({
    step: 'scripted#1',
    data: { by: 'olga' },
  });
  expect(events.find(({ type }) => type === 'agent.completed')).toMatchObject({ attempt: 2 });
});

test('whoever comes second is told what the first did, and the same request twice is done once', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [{ do: 'hold' }] }]);
  await readUntil(baton.engine, run, ({ type }) => type === 'agent.started');
  await runs.terminate(run, { reason: 'wrong input' }, olga, { requestId: 't1' });
  await runs.terminate(run, { reason: 'wrong input' }, olga, { requestId: 't1' });
  await expect(runs.terminate(run, { reason: 'other' }, olga, { requestId: 't1' })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
  await expect(runs.terminate(run, {}, ben)).rejects.toMatchObject({
    code: 'run_ended',
    details: { by: 'olga', what: 'run.terminated' },
  });
  const seen = (await runs.state(run)).lastSeq;
  expect((await readLog(baton.engine, run)).at(-1)?.data).toMatchObject({
    reason: 'wrong input',
    by: 'olga',
    via: 'cli',
    from: '10.0.0.7',
  });
  const both = await Promise.allSettled([
    runs.retry(run, olga, { requestId: 'r1' }),
    runs.retry(run, olga, { requestId: 'r1' }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await expect(runs.retry(run, ben)).rejects.toMatchObject({
    code: 'run_not_ended',
    details: { by: 'olga', what: 'run.retried' },
  });
  await expect(runs.reset(run, { step: 'scripted#1' }, ben, { ifSeq: seen })).rejects.toMatchObject({
    code: 'run_moved',
    details: { by: 'olga', what: 'run.retried' },
  });
  const log = await readLog(baton.engine, run);
  expect(typesOf(log).filter((type) => type === 'run.retried')).toHaveLength(1);
  await runs.cancel(run, { mode: 'now' }, olga);
  await readToEnd(baton.engine, run, { after: seen });
});

test('two who reset an open run at once: one does it, the other is told so', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a')] }, { script: [{ do: 'ask' }] }]);
  await readUntil(baton.engine, run, ({ type }) => type === 'question.asked');
  const both = await Promise.allSettled([
    runs.reset(run, { step: 'scripted#1' }, olga),
    runs.reset(run, { step: 'scripted#2' }, ben),
  ]);
  const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(refused).toMatchObject([{ code: 'run_moved', details: { what: 'run.reset', by: expect.any(String) } }]);
  await runs.cancel(run, {}, olga);
});

test('a fork by the same key is the same fork', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a')] }]);
  await readToEnd(baton.engine, run);
  const one = await runs.fork(run, {}, olga, { requestId: 'f' });
  expect((await runs.fork(run, {}, olga, { requestId: 'f' })).id).toBe(one.id);
  await expect(runs.fork(run, { step: 'scripted#1' }, olga, { requestId: 'f' })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
  expect((await runs.fork(run, {}, ben, { requestId: 'f' })).id).not.toBe(one.id);
});

test('a failed run resumes from the step that failed, and repeats nothing before it', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a')] }, { script: [emit('b'), { do: 'fail', attempts: 5 }] }]);
  const failed = await readToEnd(baton.engine, run);
  expect(failed.at(-1)?.type).toBe('run.failed');
  const prediction = await runs.predict(run, { command: 'resume' });
  expect(prediction).toMatchObject({
    repeats: [{ step: 'scripted#2', agent: 'scripted', startedAttempts: 5, repeatable: true }],
    questions: [],
    from: { step: 'scripted#2' },
  });
  const fixed = { steps: [{ script: [emit('a')] }, { script: [emit('c')] }] };
  const resumed = await runs.resume(run, { edits: { input: fixed } }, olga);
  const events = await readToEnd(baton.engine, run, { after: resumed.lastSeq });
  expect(kindsOf(events)).toEqual(['c']);
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', data: { result: { steps: 2 } } });
  await expect(runs.resume(run, {}, olga)).rejects.toMatchObject({ code: 'run_not_failed' });
});

test('a session that was reset into an earlier message works on that one, also when it is retried or reset again', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a')] }, { script: [emit('b')] }]);
  const { length: first } = await readToEnd(baton.engine, run);
  await runs.message(run, { steps: [{ script: [emit('c')] }] }, anonymous);
  const { length: second } = await readToEnd(baton.engine, run, { after: first });
  await runs.reset(run, { step: 'scripted#2' }, olga);
  const again = await readToEnd(baton.engine, run, { after: first + second });
  expect(kindsOf(again)).toEqual(['b']);
  const predicted = await runs.predict(run, { command: 'reset', step: 'scripted#1' });
  expect(predicted.repeats.map(({ step }) => step)).toEqual(['scripted#1', 'scripted#2']);
  expect(await runs.predict(run, { command: 'retry' })).toMatchObject({
    repeats: [{ step: 'scripted#1' }, { step: 'scripted#2' }],
    from: { seq: 1 },
  });
  await runs.retry(run, olga);
  const retried = await readToEnd(baton.engine, run, { after: first + second + again.length });
  expect(kindsOf(retried)).toEqual(['a', 'b']);
  expect(await runs.state(run)).toMatchObject({ status: 'completed', agents: { scripted: { calls: 2 } } });
});

test('what nobody had answered in time is expired again where it is kept', async () => {
  const { runs } = baton.engine;
  const question = { timeoutMs: 300, onTimeout: { then: 'default', answer: { yes: false } } };
  const run = await start([{ script: [{ do: 'ask', question }] }]);
  let { length: seq } = await readToEnd(baton.engine, run);
  for (let time = 0; time < 2; time++) {
    await runs.reset(run, { step: 'scripted#1', edits: { keepAnswers: 'all' } }, olga);
    const events = await readToEnd(baton.engine, run, { after: seq });
    seq += events.length;
    expect(typesOf(events).filter((type) => type.startsWith('question.'))).toEqual([
      'question.asked',
      'question.expired',
    ]);
    expect(events.find(({ type }) => type === 'agent.completed')?.data).toMatchObject({
      result: { returned: [{ kind: 'answer', expired: true, answers: [{ by: 'default', answer: { yes: false } }] }] },
    });
  }
  expect((await runs.state(run)).questions.map(({ status }) => status)).toEqual(['expired']);
});

test('an edited result stands where the log had put the old one', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [emit('a')] }, { script: [emit('b')] }, { script: [emit('c')] }]);
  await readToEnd(baton.engine, run);
  const edits = { results: { 'scripted#1': 'one', 'scripted#2': 'two' } };
  const reset = await runs.reset(run, { step: 'scripted#3', edits }, olga);
  await readToEnd(baton.engine, run, { after: reset.lastSeq });
  const { context } = await runs.state(run);
  expect(context).toMatchObject({ 'planResult.p1': 'one', 'planResult.p2': 'two' });
  await expect(
    runs.reset(run, { step: 'scripted#3', edits: { results: { 'scripted#3': 'x' } } }, olga),
  ).rejects.toMatchObject({ code: 'step_unknown', details: { steps: ['scripted#1', 'scripted#2'] } });
  await expect(runs.reset(run, { step: 'nobody#1' }, olga)).rejects.toMatchObject({
    code: 'step_unknown',
    details: { steps: ['scripted#1', 'scripted#2', 'scripted#3'] },
  });
});

test('a repeated step gets the answers that are kept or edited, and asks the others again', async () => {
  const { runs } = baton.engine;
  const run = await start([{ script: [{ do: 'ask' }, { do: 'ask' }, { do: 'ask' }] }]);
  const ids: string[] = [];
  for (let seq = 0; ids.length < 3;) {
    const events = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked', { after: seq });
    seq = events.at(-1)?.seq ?? 0;
    ids.push(askedId(events));
    await runs.answer(run, ids.at(-1) ?? '', { yes: true }, ben);
  }
  await readToEnd(baton.engine, run);
  const [first = '', second = '', third = ''] = ids;
  const edits = { answers: { [second]: { yes: false } }, keepAnswers: [first] };
  expect((await runs.predict(run, { command: 'reset', step: 'scripted#1', edits })).questions).toEqual([
    { id: third, kind: 'test.choice', step: 'scripted#1' },
  ]);
  await expect(
    runs.reset(run, { step: 'scripted#1', edits: { answers: { [second]: { no: 1 } } } }, olga),
  ).rejects.toMatchObject({ code: 'invalid_answer', details: { field: `edits.answers.${second}.yes` } });
  const reset = await runs.reset(run, { step: 'scripted#1', edits }, olga);
  const isThird = ({ type, data }: RunEvent) => type === 'question.asked' && data['restored'] !== true;
  const again = await readUntil(baton.engine, run, isThird, { after: reset.lastSeq });
  const answered = again.filter(({ type }) => type === 'question.answered');
  expect(answered.map(({ data }) => data)).toMatchObject([
    { by: 'ben', answer: { yes: true }, restored: true, restoredFrom: first },
    { by: 'olga', answer: { yes: false }, restored: true, restoredFrom: second },
  ]);
  await runs.answer(run, askedId(again), { yes: true }, ben);
  const events = await readToEnd(baton.engine, run, { after: reset.lastSeq });
  const completed = events.find(({ type }) => type === 'agent.completed');
  const given = [{ yes: true }, { yes: false }, { yes: true }].map((answer) => ({ answers: [{ answer }] }));
  expect(completed).toMatchObject({ data: { result: { returned: given } } });
});

test('the time of a pause counts for no limit of the run', async () => {
  const { runs } = baton.engine;
  const { run } = await runs.start({ blueprint: 'hurried', input: { script: [{ do: 'wait', ms: 200 }] } }, anonymous);
  await readUntil(baton.engine, run.id, ({ type }) => type === 'agent.started');
  await runs.pause(run.id, {}, olga);
  await expect.poll(async () => (await runs.state(run.id)).status).toBe('paused');
  const { updatedAt } = await runs.state(run.id);
  // Longer than the run may take in all.
  await expect.poll(() => Date.now() - Date.parse(updatedAt)).toBeGreaterThan(2_500);
  expect(await runs.state(run.id)).toMatchObject({ status: 'paused' });
  await runs.cancel(run.id, {}, olga);
  const events = await readToEnd(baton.engine, run.id);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { by: 'olga' } });
});
