/** Signals that meet in one workflow task: all of them are sent before the first worker runs. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signals } from '../protocol/execution.ts';
import type { RunEvent } from '../protocol/schemas/event.ts';
import type { Question } from '../protocol/schemas/question.ts';
import { createDataConverter } from '../runtime/data-converter.ts';
import { connectTemporal } from '../runtime/temporal-connection.ts';
import type { RunningWorker } from '../worker/start-worker.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { unique } from './harness/temporal-server.ts';

let baton: TestBaton;
let client: Client;
beforeAll(async () => {
  baton = await startBaton({ worker: false, settings: { LOG_LEVEL: 'silent' } });
  client = connectTemporal(baton.config, createDataConverter(baton.config));
});
afterAll(async () => {
  await client.connection.close();
  await baton.stop();
});

async function begin(blueprint: string, input: unknown, hold = false): Promise<string> {
  const { run } = await baton.engine.runs.start({ blueprint, input, id: unique('race'), hold }, anonymous);
  return run.id;
}
const script = (...actions: unknown[]) => ({ steps: [{ script: actions }] });
const statusOf = async (run: string) => (await client.workflow.getHandle(run).describe()).status.name;
const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);
const isAsked = ({ type }: RunEvent) => type === 'question.asked';
const questionOf = (event: RunEvent | undefined) => event?.data['question'] as Question;

async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker: RunningWorker = await baton.startWorker();
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

test('a cancel of which only the signal came closes the run as cancelled, natively too', async () => {
  const run = await begin('script', script({ do: 'hold' }));
  await withWorker(async () => {
    await readUntil(baton.engine, run, ({ type }) => type === 'agent.started');
    await client.workflow.getHandle(run).signal(signals.cancel, { reason: 'half', by: 'ada', mode: 'graceful' });
    const events = await readToEnd(baton.engine, run);
    expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'half', by: 'ada' } });
    expect(await statusOf(run)).toBe('CANCELLED');
  });
});

test('an answer that comes after a cancel has ended its step is refused', async () => {
  const run = await begin('script', script({ do: 'ask' }));
  await withWorker(async () => {
    const asked = await readUntil(baton.engine, run, isAsked);
    const handle = client.workflow.getHandle(run);
    await handle.signal(signals.cancel, { reason: null, by: 'ada', mode: 'graceful' });
    await readUntil(baton.engine, run, ({ type }) => type === 'agent.failed');
    const answer = { question: questionOf(asked.at(-1)).id, answer: { yes: true }, requestId: randomUUID() };
    const by = { name: 'ada', roles: ['ops'], authenticated: true };
    // The run closes a moment later, and then takes no signal at all.
    const isTaken = await handle.signal(signals.answer, { ...answer, by, at: new Date().toISOString() }).then(
      () => true,
      () => false,
    );
    const types = typesOf(await readToEnd(baton.engine, run));
    expect(types).not.toContain('question.answered');
    expect(types.includes('question.answer_refused')).toBe(isTaken);
    expect(types.at(-1)).toBe('run.cancelled');
  });
});

test('of a reset and a cancel in one task the cancel wins, whichever came first', async () => {
  const run = await begin('script', script({ do: 'emit', count: 1 }));
  const handle = client.workflow.getHandle(run);
  const { source: _, ...state } = await baton.engine.runs.state(run);
  const cause = { type: 'run.reset', at: new Date().toISOString(), data: { request: randomUUID() } };
  await handle.signal(signals.reset, { cause, state, input: script() });
  await baton.engine.runs.cancel(run, {}, anonymous);
  await withWorker(async () => {
    expect(typesOf(await readToEnd(baton.engine, run))).toEqual(['run.started', 'run.cancelling', 'run.cancelled']);
  });
});

test('a run on hold begins once, however often it is told to, and not at all once it is cancelled', async () => {
  const begun = await begin('script', script(), true);
  const cancelled = await begin('script', script(), true);
  await baton.engine.runs.cancel(cancelled, {}, anonymous);
  for (const run of [begun, begun, cancelled])
    await client.workflow.getHandle(run).signal(signals.begin, { by: 'ada' });
  await withWorker(async () => {
    const events = await readToEnd(baton.engine, begun);
    expect(typesOf(events).filter((type) => type === 'run.begun')).toHaveLength(1);
    const ended = await readToEnd(baton.engine, cancelled);
    expect(typesOf(ended)).toEqual(['run.started', 'run.cancelling', 'run.cancelled']);
  });
});

test('of two resets that meet, one is made and the other hears that the run has moved', async () => {
  const run = await begin('script', { steps: [{ script: [] }, { script: [{ do: 'hold' }] }] });
  await withWorker(() =>
    readUntil(baton.engine, run, ({ step, type }) => type === 'agent.started' && step === 'scripted#2'),
  );
  const resets = [1, 2].map(() => baton.engine.runs.reset(run, { step: 'scripted#2' }, anonymous));
  await withWorker(async () => {
    const outcomes = await Promise.allSettled(resets);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(['run_moved']);
    await baton.engine.runs.cancel(run, { mode: 'now' }, anonymous);
    const events = await readToEnd(baton.engine, run);
    expect(typesOf(events).filter((type) => type === 'run.reset')).toHaveLength(1);
  });
});

test('an answer that meets the end of its time either counts or is refused, as the agent hears it too', async () => {
  const question = { timeoutMs: 300, onTimeout: { then: 'default', answer: { yes: false } } };
  const runs = await Promise.all(Array.from({ length: 8 }, () => begin('script', script({ do: 'ask', question }))));
  await withWorker(async () => {
    await Promise.all(
      runs.map(async (run, index) => {
        const asked = (await readUntil(baton.engine, run, isAsked)).at(-1);
        const dueAtMs = Date.parse(questionOf(asked).expiresAt ?? '') + (index - 4) * 8;
        await new Promise((resolve) => setTimeout(resolve, dueAtMs - Date.now()));
        const answer = { question: questionOf(asked).id, answer: { yes: true }, by: anonymous, at: '', requestId: run };
        await client.workflow
          .getHandle(run)
          .signal(signals.answer, answer)
          .catch(() => undefined);
        const events = await readToEnd(baton.engine, run);
        const isAnswered = typesOf(events).includes('question.answered');
        expect(typesOf(events).includes('question.expired')).toBe(!isAnswered);
        const { last } = (events.at(-1) as RunEvent).data['result'] as { last: { returned: unknown[] } };
        expect(last.returned).toMatchObject([{ answers: [{ answer: { yes: isAnswered } }], expired: !isAnswered }]);
      }),
    );
  });
});

test('branches of one agent ask beside each other, and each hears its own answer', async () => {
  const branches = [1, 2, 3].map(() => ({
    script: [{ do: 'emit', count: 2 }, { do: 'ask' }, { do: 'emit', count: 1 }],
  }));
  const run = await begin('fan-out', { branches });
  await withWorker(async () => {
    const asked = new Map<string, string>();
    const events = await readUntil(baton.engine, run, (event) => {
      if (isAsked(event)) asked.set(event.step ?? '', questionOf(event).id);
      return asked.size === 3;
    });
    expect(new Set(asked.keys())).toEqual(new Set(['scripted#1', 'scripted#2', 'scripted#3']));
    expect((await baton.engine.runs.state(run)).status).toBe('waiting');
    for (const id of asked.values()) await baton.engine.runs.answer(run, id, { yes: true }, anonymous);
    const all = [...events, ...(await readToEnd(baton.engine, run, { after: events.length }))];
    const results = all.at(-1)?.data['result'] as { returned: { question: string }[] }[];
    const heard = results.map(({ returned }) => returned.map(({ question }) => question));
    expect(heard).toEqual(['scripted#1', 'scripted#2', 'scripted#3'].map((step) => [asked.get(step)]));
  });
});

test('a reset keeps what the steps before came to, and an update beside a large result is learnt', async () => {
  const steps = [
    { script: [{ do: 'update', update: { note: 'n'.repeat(4_000) } }], resultBytes: 31_500 },
    { script: [], resultBytes: 7 },
    { script: [] },
  ];
  const run = await begin('script', { steps });
  await withWorker(async () => {
    const first = await readToEnd(baton.engine, run);
    expect((await baton.engine.runs.state(run)).context['note']).toHaveLength(4_000);
    await baton.engine.runs.reset(run, { step: 'scripted#3' }, anonymous);
    const again = await readToEnd(baton.engine, run, { after: first.length });
    expect(again.at(-1)?.data).toEqual(first.at(-1)?.data);
    const { context } = await baton.engine.runs.state(run);
    expect(context['note']).toHaveLength(4_000);
    expect(context['planResult.p2']).toMatchObject({ filler: 'xxxxxxx' });
  });
});

test('a person grants as many decisions again', async () => {
  const run = await begin('limited', { script: [] });
  await withWorker(async () => {
    const first = await readUntil(baton.engine, run, isAsked);
    expect(first.filter(({ type }) => type === 'supervisor.decided')).toHaveLength(2);
    await baton.engine.runs.answer(run, questionOf(first.at(-1)).id, { continue: true }, anonymous);
    const second = await readUntil(baton.engine, run, isAsked, { after: first.length });
    expect(second.filter(({ type }) => type === 'supervisor.decided')).toHaveLength(2);
    await baton.engine.runs.answer(run, questionOf(second.at(-1)).id, { continue: false }, anonymous);
    const events = await readToEnd(baton.engine, run);
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'iteration_limit' } } });
  });
});

test('the time of a run ends it, whatever it waits for', async () => {
  const run = await begin('hurried', { script: [{ do: 'ask' }] });
  await withWorker(async () => {
    const events = await readToEnd(baton.engine, run);
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'wall_time_limit' } } });
    expect((await baton.engine.runs.state(run)).questions.at(-1)?.status).toBe('withdrawn');
  });
});

test('where a person is asked for more time, the step under way ends first', async () => {
  const run = await begin('patient', { script: [{ do: 'wait', ms: 400 }] });
  await withWorker(async () => {
    const first = await readUntil(baton.engine, run, isAsked);
    expect(first.at(-2)?.type).toBe('agent.completed');
    expect(questionOf(first.at(-1)).context).toEqual({ code: 'wall_time_limit' });
    await baton.engine.runs.answer(run, questionOf(first.at(-1)).id, { continue: true }, anonymous);
    const second = await readUntil(baton.engine, run, isAsked, { after: first.length });
    expect(second.filter(({ type }) => type === 'agent.completed')).toHaveLength(1);
    await baton.engine.runs.answer(run, questionOf(second.at(-1)).id, { continue: false }, anonymous);
    const events = await readToEnd(baton.engine, run);
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'wall_time_limit' } } });
  });
});

test('a failed run can be found by its error code and its failing step', async () => {
  const run = await begin('script', script({ do: 'fail', attempts: 9, code: 'invalid_input' }));
  await withWorker(async () => {
    const events = await readToEnd(baton.engine, run);
    expect(events.at(-1)).toMatchObject({ data: { error: { code: 'invalid_input', step: 'scripted#1' } } });
    const { typedSearchAttributes } = await client.workflow.getHandle(run).describe();
    const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(shown).toMatchObject({ BatonErrorCode: 'invalid_input', BatonFailedStep: 'scripted#1' });
  });
});
