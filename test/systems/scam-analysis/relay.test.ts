/** The relay: a run that any process outside feeds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataConverter } from '../../../runtime/data-converter.ts';
import { connectTemporal } from '../../../runtime/temporal-connection.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../../harness/baton.ts';
import { startOwnTemporal } from '../../harness/own-temporal.ts';
import { unique } from '../../harness/temporal-server.ts';

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
});
afterAll(() => baton.stop());

const note = (text: string) => ({ kind: 'test.note', data: { text } });
const textsOf = (events: readonly { data: Record<string, unknown> }[]) =>
  events.flatMap(({ data }) => (data['kind'] === 'test.note' ? [data['text']] : []));

test('begins with the first publication, keeps all in order and ends with the last', async () => {
  const run = unique('relay');
  const { runs } = baton.engine;
  await runs.publish(run, { ...note('one'), progress: { fraction: 0.1, message: 'one' } }, anonymous);
  expect(await runs.state(run)).toMatchObject({ blueprint: 'relay', status: 'running', progress: 0.1 });
  await runs.publish(run, note('two'), anonymous);
  await runs.publish(run, { ...note('three'), end: { status: 'completed', result: { n: 3 } } }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(textsOf(events)).toEqual(['one', 'two', 'three']);
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    'agent.started',
    'agent.emitted',
    'agent.progressed',
    'agent.emitted',
    'agent.emitted',
    'agent.completed',
    'run.completed',
  ]);
  expect(events.at(-1)?.data).toEqual({ result: { n: 3 } });
});

test('fails where the last publication says so, with its words', async () => {
  const run = unique('relay');
  await baton.engine.runs.publish(run, { ...note('no'), end: { status: 'failed', message: 'out of luck' } }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(events.at(-1)).toMatchObject({
    type: 'run.failed',
    data: { error: { code: 'agent_failed', message: 'out of luck' } },
  });
});

test('takes nothing after its end, and is no other blueprint’s run', async () => {
  const run = unique('relay');
  const { runs } = baton.engine;
  await runs.publish(run, { ...note('last'), end: { status: 'completed', result: null } }, anonymous);
  await expect(runs.publish(run, note('late'), anonymous)).rejects.toMatchObject({ code: 'run_ended' });
  const script = await runs.start({ blueprint: 'script', input: { steps: [{ script: [{ do: 'hold' }] }] } }, anonymous);
  await expect(runs.publish(script.run.id, note('x'), anonymous)).rejects.toMatchObject({ code: 'run_exists' });
  await runs.cancel(script.run.id, { mode: 'now' }, anonymous);
});

test('writes a publication that is sent twice once, the last one too', async () => {
  const run = unique('relay');
  const { runs } = baton.engine;
  const first = { ...note('first'), requestId: 'r1' };
  await Promise.all([runs.publish(run, first, anonymous), runs.publish(run, first, anonymous)]);
  await runs.publish(run, first, anonymous);
  const last = { ...note('last'), requestId: 'r2', end: { status: 'completed' as const, result: null } };
  await runs.publish(run, last, anonymous);
  await runs.publish(run, last, anonymous);
  expect(textsOf(await readToEnd(baton.engine, run))).toEqual(['first', 'last']);
});

test('belongs to who began it: another principal may not publish to it', async () => {
  const run = unique('relay');
  const { runs } = baton.engine;
  const ann = { name: 'ann', roles: ['client'], authenticated: true };
  await runs.publish(run, note('mine'), ann);
  await expect(runs.publish(run, note('yours'), { ...ann, name: 'bob' })).rejects.toMatchObject({ code: 'id_taken' });
  await runs.publish(run, note('ours'), { name: 'olga', roles: ['ops'], authenticated: true });
  await runs.publish(run, { ...note('end'), end: { status: 'completed', result: null } }, ann);
  expect(textsOf(await readToEnd(baton.engine, run))).toEqual(['mine', 'ours', 'end']);
});

test('is cancelled like every run', async () => {
  const run = unique('relay');
  await baton.engine.runs.publish(run, note('one'), anonymous);
  await baton.engine.runs.cancel(run, { reason: 'enough' }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'enough', by: 'anonymous' } });
  await expect(baton.engine.runs.publish(run, note('late'), anonymous)).rejects.toMatchObject({ code: 'run_ended' });
});

test('keeps what is published while no worker is there', async () => {
  const alone = await startBaton({ worker: false });
  const run = unique('relay');
  await alone.engine.runs.publish(run, note('one'), anonymous);
  await alone.startWorker();
  const events = await readUntil(alone.engine, run, ({ type }) => type === 'agent.emitted');
  expect(textsOf(events)).toEqual(['one']);
  await alone.engine.runs.cancel(run, { mode: 'now' }, anonymous);
  await readToEnd(alone.engine, run);
  await alone.stop();
});

test('continues as new by itself: hundreds of publications, each once, none lost, in one log', async () => {
  // As the server does at about 4,000 entries of a history.
  const temporal = await startOwnTemporal({ 'limit.historyCount.suggestContinueAsNew': 150 });
  const alone = await startBaton({ settings: { TEMPORAL_ADDRESS: temporal.address } });
  const run = unique('relay');
  const { runs } = alone.engine;
  const count = 300;
  const lanes = 10;
  await runs.publish(run, note('0'), anonymous);
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let index = lane + 1; index < count; index += lanes) await runs.publish(run, note(String(index)), anonymous);
    }),
  );
  await runs.publish(run, { ...note('last'), requestId: 'last' }, anonymous);
  await runs.publish(run, { ...note('last'), requestId: 'last' }, anonymous);
  await runs.publish(run, { ...note('end'), end: { status: 'completed', result: null } }, anonymous);
  const events = await readToEnd(alone.engine, run);
  const texts = textsOf(events);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toHaveLength(count + 2);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'agent.started')).toHaveLength(1);
  const client = connectTemporal(alone.config, createDataConverter(alone.config));
  const { raw } = await client.workflow.getHandle(run).describe();
  expect(raw.workflowExecutionInfo?.execution?.runId).not.toBe(raw.workflowExecutionInfo?.firstRunId);
  await client.connection.close();
  await alone.stop();
  await temporal.stop();
});
