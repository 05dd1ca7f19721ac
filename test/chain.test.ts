import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from './harness/baton.ts';
import { unique } from './harness/temporal-server.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton({ settings: { LOG_LEVEL: 'error' } });
});
afterAll(() => baton.stop());

const start = async (steps: { script: unknown[]; resultBytes?: number }[]) => {
  const { run } = await baton.engine.runs.start({ blueprint: 'script', input: { steps } }, anonymous);
  return run.id;
};

test('a fork goes on from the step under a new id, with the blobs of its past, the original untouched', async () => {
  const { engine } = baton;
  const run = await start([{ script: [], resultBytes: 100_000 }, { script: [{ do: 'emit', count: 2 }] }]);
  const original = await readToEnd(engine, run);
  const fork = await engine.runs.fork(run, { step: 'scripted#2', id: unique('fork') }, anonymous);
  const events = await readToEnd(engine, fork.id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]).toMatchObject({
    type: 'run.started',
    data: { from: { run, step: 'scripted#2' }, state: { blueprint: 'script', iteration: 1 } },
  });
  expect(events.filter(({ type }) => type === 'agent.started').map(({ step }) => step)).toEqual(['scripted#2']);
  const state = await engine.runs.state(fork.id);
  const first = state.context['planResult.p1'] as { blob: { ref: string; bytes: number } } | undefined;
  const { blob } = await engine.runs.blob(fork.id, first?.blob.ref ?? '');
  expect(blob.bytes).toBe(first?.blob.bytes);
  expect(await readToEnd(engine, run)).toEqual(original);
});

test('the messages of a session are one log, and the state keeps what was learnt', async () => {
  const { engine } = baton;
  const run = await start([{ script: [{ do: 'update', update: { learnt: 'once' } }] }]);
  const first = await readToEnd(engine, run);
  await engine.runs.message(run, { steps: [{ script: [{ do: 'emit', count: 1 }] }] }, anonymous);
  const second = await readToEnd(engine, run, { after: first.length });
  expect([...first, ...second].map(({ seq }) => seq)).toEqual([...first, ...second].map((_, index) => index + 1));
  expect(second[0]).toMatchObject({ type: 'run.continued', data: { by: 'anonymous' } });
  expect((await engine.runs.state(run)).context['learnt']).toBe('once');
  const cold = await baton.startEngine();
  expect(await readUntil(cold, run, ({ seq }) => seq === first.length + second.length)).toEqual([...first, ...second]);
});

test('large input, events and results arrive cut on every surface, and whole as blobs', async () => {
  const { engine } = baton;
  const run = await start([{ script: [{ do: 'emit', count: 1, bytes: 3_000_000 }], resultBytes: 200_000 }]);
  const events = await readToEnd(engine, run);
  const emitted = events.find(({ type }) => type === 'agent.emitted');
  const { blob } = (emitted?.data ?? {}) as { blob: { ref: string; bytes: number } };
  const stored = await engine.runs.blob(run, blob.ref);
  const bytes = await stored.read(0, stored.blob.bytes);
  expect(JSON.parse(Buffer.from(bytes).toString('utf8'))).toMatchObject({
    kind: 'test.item',
    filler: 'x'.repeat(3_000_000),
  });

  const big = 'y'.repeat(500_000);
  const echo = await engine.runs.start(
    { blueprint: 'script', input: { steps: [{ script: [{ do: 'progress', fraction: 0.5, message: big }] }] } },
    anonymous,
  );
  const [started] = await readToEnd(engine, echo.run.id);
  const cut = started?.data as { blueprint: string; blob: { ref: string } };
  expect(cut).toMatchObject({ blueprint: 'script', blob: { ref: 'event-1' } });
  const whole = await engine.runs.blob(echo.run.id, cut.blob.ref);
  const text = Buffer.from(await whole.read(0, whole.blob.bytes)).toString('utf8');
  expect(JSON.parse(text)).toMatchObject({ input: { steps: [{ script: [{ message: big }] }] } });
});

test('a reset goes back to the input that the run had then, shows one that is edited, and takes none that does not fit', async () => {
  const { engine } = baton;
  const steps = (kind: string) => ({ steps: [{ script: [{ do: 'emit', count: 1, kind }] }] });
  const run = await start(steps('first').steps);
  const emittedAfter = async (after: number) => {
    const events = await readToEnd(engine, run, { after });
    return events.flatMap(({ type, data }) => (type === 'agent.emitted' ? [data['kind']] : []));
  };
  expect(await emittedAfter(0)).toEqual(['first']);
  const continued = await engine.runs.message(run, steps('second'), anonymous);
  expect(await emittedAfter(continued.lastSeq)).toEqual(['second']);

  const back = await engine.runs.reset(run, { step: 'scripted#1' }, anonymous);
  expect(await emittedAfter(back.lastSeq)).toEqual(['first']);
  expect((await engine.runs.state(run)).input).toEqual(steps('first'));

  const edited = await engine.runs.reset(run, { step: 'scripted#1', edits: { input: steps('third') } }, anonymous);
  expect(await emittedAfter(edited.lastSeq)).toEqual(['third']);
  expect((await engine.runs.state(run)).input).toEqual(steps('third'));

  const wrong = { step: 'scripted#1', edits: { input: { steps: 3 } } };
  const refusal = { code: 'invalid_input', details: { field: 'edits.input.steps' } };
  await expect(engine.runs.reset(run, wrong, anonymous)).rejects.toMatchObject(refusal);
  await expect(engine.runs.fork(run, wrong, anonymous)).rejects.toMatchObject(refusal);
});
