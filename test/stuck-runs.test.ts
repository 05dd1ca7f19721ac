import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Principal } from '../protocol/execution.ts';
import type { RunStatus } from '../protocol/schemas/state.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { unique } from './harness/temporal-server.ts';
import { busyMs } from './harness/busy.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'silent' } });
});
afterAll(() => baton.stop());

async function stuckRun(owner: Principal): Promise<string> {
  const { engine } = baton;
  const { run } = await engine.runs.start({ blueprint: 'brittle', input: { broken: true } }, owner);
  await readUntil(engine, run.id, ({ type }) => type === 'agent.started');
  await vi.waitFor(async () => expect((await engine.runs.state(run.id)).status).toBe('stuck'), {
    timeout: 30_000,
    interval: 200,
  });
  return run.id;
}

test(
  'a run whose workflow code fails is shown as stuck, found so, and goes on after a reset',
  { timeout: 60_000 },
  async () => {
    const { engine } = baton;
    const owner = { ...anonymous, name: unique('owner'), authenticated: true };
    const told: [string, string][] = [];
    const watching = engine.runs.watch({ what: 'runs', owner: owner.name }, ({ id, status }) =>
      told.push([id, status]),
    );
    const run = await stuckRun(owner);
    const listed = async (filter: { status?: RunStatus[] }) => {
      const { items } = await engine.runs.list({ ...filter, owner: owner.name, limit: 10 });
      return items.map(({ id, status }) => [id, status]);
    };
    await vi.waitFor(async () => expect(await listed({ status: ['stuck'] })).toEqual([[run, 'stuck']]), {
      timeout: 20_000,
      interval: 500,
    });
    expect(await listed({})).toEqual([[run, 'stuck']]);
    expect(await listed({ status: ['running'] })).toEqual([]);
    await vi.waitFor(() => expect(told).toContainEqual([run, 'stuck']), { timeout: 30_000, interval: 100 });
    watching[Symbol.dispose]();

    await engine.runs.reset(run, { step: 'scripted#1', edits: { input: { broken: false } } }, owner);
    const events = await readUntil(engine, run, ({ type }) => type === 'run.completed');
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.find(({ type }) => type === 'run.terminated')?.data['by']).toBe(owner.name);
    const afterReset = events.slice(events.findIndex(({ type }) => type === 'run.reset'));
    expect(afterReset[0]?.data).toMatchObject({ toStep: 'scripted#1', by: owner.name });
    expect(afterReset.at(-1)).toMatchObject({ type: 'run.completed', data: { result: 'mended' } });
    await vi.waitFor(async () => expect(await listed({})).toEqual([[run, 'completed']]), {
      timeout: 30_000,
      interval: 200,
    });
  },
);

test.for([
  ['gracefully', { reason: 'enough' }, 'cancelled by ann (enough); terminated, for the run was stuck'],
  ['at once', { mode: 'now' as const }, 'cancelled by ann; terminated, for the run was stuck'],
] as const)(
  'a stuck run that is cancelled %s is terminated within a second, in the words of who did it',
  { timeout: 60_000 },
  async ([, command, reason]) => {
    const { engine } = baton;
    const ann = { ...anonymous, name: 'ann', authenticated: true };
    const run = await stuckRun(ann);
    const beganMs = performance.now();
    await engine.runs.cancel(run, command, ann);
    const events = await readToEnd(engine, run);
    expect(performance.now() - beganMs).toBeLessThan(1_000 + busyMs);
    expect(events.at(-1)).toMatchObject({ type: 'run.terminated', data: { by: 'ann', reason } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect((await engine.runs.state(run)).status).toBe('terminated');
    await expect(engine.runs.cancel(run, command, ann)).rejects.toMatchObject({ code: 'run_ended' });
  },
);

test('a run without a worker is not stuck: its cancel waits for one', { timeout: 60_000 }, async () => {
  const idle = await startBaton({ settings: { LOG_LEVEL: 'silent' }, worker: false });
  try {
    const { engine } = idle;
    const { run } = await engine.runs.start({ blueprint: 'script', input: { steps: [{ script: [] }] } }, anonymous);
    await engine.runs.cancel(run.id, {}, anonymous);
    expect((await engine.runs.state(run.id)).endedAt).toBeNull();
    await idle.startWorker();
    expect((await readToEnd(engine, run.id)).at(-1)?.type).toBe('run.cancelled');
  } finally {
    await idle.stop();
  }
});
