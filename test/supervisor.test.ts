import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from './harness/baton.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
});
afterAll(() => baton.stop());

const start = async (steps: { script: unknown[]; resultBytes?: number }[]) => {
  const { run } = await baton.engine.runs.start({ blueprint: 'script', input: { steps } }, anonymous);
  return run.id;
};

const seqs = (events: { seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a run of two steps writes one log without holes, from its start to its end', async () => {
  const run = await start([{ script: [{ do: 'emit', count: 3 }] }, { script: [{ do: 'emit', count: 2 }] }]);
  const events = await readToEnd(baton.engine, run);
  expect(seqs(events)).toEqual(upTo(events.length));
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    'supervisor.decided',
    'agent.started',
    'agent.progressed',
    'agent.emitted',
    'agent.emitted',
    'agent.emitted',
    'agent.progressed',
    'agent.completed',
    'supervisor.decided',
    'agent.started',
    'agent.progressed',
    'agent.emitted',
    'agent.emitted',
    'agent.progressed',
    'agent.completed',
    'supervisor.decided',
    'run.completed',
  ]);
  expect(events.at(-1)?.data).toMatchObject({ result: { steps: 2, last: { emitted: 2 } } });
});

test('a question is asked, answered once, and the agent goes on with the answer', async () => {
  const run = await start([{ script: [{ do: 'emit', count: 1 }, { do: 'ask' }, { do: 'emit', count: 1 }] }]);
  const asked = await readUntil(baton.engine, run, ({ type }) => type === 'question.asked');
  const id = (asked.at(-1)?.data['question'] as { id: string } | undefined)?.id ?? '';
  await expect(baton.engine.runs.answer(run, id, { yes: 'maybe' }, anonymous)).rejects.toMatchObject({
    code: 'invalid_answer',
  });
  const outcome = await baton.engine.runs.answer(run, id, { yes: true }, anonymous);
  expect(outcome).toMatchObject({ outcome: 'accepted', have: 1, need: 1 });
  await expect(baton.engine.runs.answer(run, id, { yes: true }, anonymous)).rejects.toMatchObject({
    code: 'question_closed',
  });
  const events = await readToEnd(baton.engine, run);
  expect(seqs(events)).toEqual(upTo(events.length));
  expect(events.filter(({ type }) => type === 'agent.started')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({
    type: 'run.completed',
    data: {
      result: { last: { returned: [{ kind: 'answer', answers: [{ by: 'anonymous', answer: { yes: true } }] }] } },
    },
  });
});

test('a cancelled run ends cancelled, with reason and by whom, and its agent is told', async () => {
  const run = await start([{ script: [{ do: 'emit', count: 1 }, { do: 'hold' }] }]);
  await readUntil(baton.engine, run, ({ type }) => type === 'agent.emitted');
  await baton.engine.runs.cancel(run, { reason: 'enough' }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(seqs(events)).toEqual(upTo(events.length));
  expect(events.slice(-4).map(({ type }) => type)).toEqual([
    'run.cancelling',
    'agent.progressed',
    'agent.failed',
    'run.cancelled',
  ]);
  expect(events.at(-1)?.data).toEqual({ reason: 'enough', by: 'anonymous' });
  await expect(baton.engine.runs.cancel(run, {}, anonymous)).rejects.toMatchObject({ code: 'run_ended' });
});

test('an open run is reset to a step: the log goes on, the steps before are not repeated', async () => {
  const run = await start([{ script: [{ do: 'emit', count: 1 }] }, { script: [{ do: 'hold' }] }]);
  await readUntil(baton.engine, run, ({ type, step }) => type === 'agent.started' && step === 'scripted#2');
  await baton.engine.runs.reset(run, { step: 'scripted#2', edits: { context: { note: 'edited' } } }, anonymous);
  await readUntil(
    baton.engine,
    run,
    ({ type, step, seq }) => type === 'agent.started' && step === 'scripted#2' && seq > 12,
  );
  const { context, lastSeq } = await baton.engine.runs.state(run);
  expect(context['note']).toBe('edited');
  await baton.engine.runs.cancel(run, {}, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(seqs(events)).toEqual(upTo(events.length));
  expect(events.length).toBeGreaterThan(lastSeq);
  expect(events.filter(({ type, step }) => type === 'agent.started' && step === 'scripted#1')).toHaveLength(1);
});

test('a failed run is retried: the log goes on after its end', async () => {
  const run = await start([
    {
      script: [
        { do: 'emit', count: 1 },
        { do: 'fail', attempts: 9, code: 'invalid_input' },
      ],
    },
  ]);
  const failed = await readToEnd(baton.engine, run);
  expect(failed.at(-1)).toMatchObject({
    type: 'run.failed',
    data: { error: { code: 'invalid_input', step: 'scripted#1' } },
  });
  await baton.engine.runs.retry(run, anonymous);
  const again = await readToEnd(baton.engine, run, { after: failed.length });
  expect(seqs([...failed, ...again])).toEqual(upTo(failed.length + again.length));
  expect(again[0]).toMatchObject({ type: 'run.retried' });
  expect(again.at(-1)).toMatchObject({ type: 'run.failed' });
});
