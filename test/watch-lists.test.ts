import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Question } from '../protocol/schemas/question.ts';
import { anonymous, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { unique } from './harness/temporal-server.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'error' } });
});
afterAll(() => baton.stop());

test('whoever watches the questions hears of each one asked and of each one closed, though two runs share an id', async () => {
  const { engine } = baton;
  const heard: Question[] = [];
  const watching = engine.runs.watch({ what: 'questions' }, (change) => heard.push(change as Question));
  const ask = async () => {
    const { run } = await engine.runs.start(
      { blueprint: 'script', input: { steps: [{ script: [{ do: 'ask' }] }] } },
      anonymous,
    );
    const events = await readUntil(engine, run.id, ({ type }) => type === 'question.asked');
    return events.at(-1)?.data['question'] as Question;
  };
  try {
    // A watch tells what changes after its first look: asked again until it has looked.
    const asked: Question[] = [];
    await vi.waitFor(
      async () => {
        asked.push(await ask());
        expect(heard.length).toBeGreaterThanOrEqual(2);
      },
      { timeout: 30_000, interval: 700 },
    );
    const [first, second] = heard as [Question, Question];
    expect(first.id).toBe(second.id);
    expect(first.run).not.toBe(second.run);
    await engine.runs.answer(first.run, first.id, { yes: true }, anonymous);
    await vi.waitFor(
      () => expect(heard.some(({ run, status }) => run === first.run && status === 'answered')).toBe(true),
      { timeout: 30_000, interval: 100 },
    );
    expect(asked.length).toBeGreaterThanOrEqual(2);
  } finally {
    watching[Symbol.dispose]();
  }
});

test('a run that goes on in another execution while it is open stays in the lists of its owner', async () => {
  const { engine } = baton;
  const owner = { ...anonymous, name: unique('owner'), authenticated: true };
  const { run } = await engine.runs.start(
    { blueprint: 'script', input: { steps: [{ script: [{ do: 'hold' }] }] } },
    owner,
  );
  await readUntil(engine, run.id, ({ type }) => type === 'agent.started');
  await engine.runs.reset(run.id, { step: 'scripted#1' }, owner);
  await vi.waitFor(
    async () => {
      const { items } = await engine.runs.list({ status: ['running'], owner: owner.name, limit: 10 });
      expect(items.map(({ id, blueprint }) => [id, blueprint])).toEqual([[run.id, 'script']]);
      expect(items[0]?.lastSeq).toBeGreaterThan(run.lastSeq);
      expect(items[0]?.startedAt).toBe(run.startedAt);
    },
    { timeout: 30_000, interval: 100 },
  );
  await engine.runs.cancel(run.id, { mode: 'now' }, owner);
  await vi.waitFor(
    async () => {
      const { items } = await engine.runs.list({ status: ['cancelled'], owner: owner.name, limit: 10 });
      expect(items.map(({ id }) => id)).toEqual([run.id]);
    },
    { timeout: 30_000, interval: 100 },
  );
});
