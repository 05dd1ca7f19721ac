import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { anonymous, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { unique } from './harness/temporal-server.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'silent' } });
});
afterAll(() => baton.stop());

test(
  'a run whose workflow code fails is shown as stuck, found so, and goes on after a reset',
  { timeout: 60_000 },
  async () => {
    const { engine } = baton;
    const owner = { ...anonymous, name: unique('owner'), authenticated: true };
    const started = await engine.runs.start({ blueprint: 'brittle', input: { broken: true } }, owner);
    const run = started.run.id;
    await readUntil(engine, run, ({ type }) => type === 'agent.started');
    await vi.waitFor(async () => expect((await engine.runs.state(run)).status).toBe('stuck'), {
      timeout: 30_000,
      interval: 200,
    });
    await vi.waitFor(
      async () => {
        const { items } = await engine.runs.list({ status: 'stuck', owner: owner.name, limit: 10 });
        expect(items.map(({ id }) => id)).toEqual([run]);
      },
      { timeout: 20_000, interval: 500 },
    );

    await engine.runs.reset(run, { step: 'scripted#1', edits: { input: { broken: false } } }, owner);
    const events = await readUntil(engine, run, ({ type }) => type === 'run.completed');
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.find(({ type }) => type === 'run.terminated')?.data['by']).toBe(owner.name);
    const afterReset = events.slice(events.findIndex(({ type }) => type === 'run.reset'));
    expect(afterReset[0]?.data).toMatchObject({ toStep: 'scripted#1', by: owner.name });
    expect(afterReset.at(-1)).toMatchObject({ type: 'run.completed', data: { result: 'mended' } });
  },
);
