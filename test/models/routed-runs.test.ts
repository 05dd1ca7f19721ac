/** Runs whose supervisor is a model, and agents that have their words from one, over HTTP on the real engine. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { readConfig } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { agent as scripted } from '../fixtures/plugins/agents/scripted/agent.ts';
import { agents as writers } from '../fixtures/plugins/agents/writer/agent.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { busyMs } from '../harness/busy.ts';

/** A guest of blueprints that take any. */
const MCP_SERVERS = JSON.stringify({
  count: {
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('../../agents/mcp/fixtures/stdio-server.ts', import.meta.url)),
    ],
    description: 'counts; its argument is {to: number}',
  },
});

let server: ModelServer;
let baton: TestBaton;
beforeAll(async () => {
  server = await startModelServer();
  const settings = server.settings({ LOG_LEVEL: 'error', MCP_SERVERS });
  baton = await startBaton({ settings, plugins: { agents: writers(readConfig(server.settings())) } });
});
beforeEach(() => {
  server.asked.length = 0;
});
afterAll(async () => {
  await baton.stop();
  await server.stop();
});

async function start(
  blueprint: string,
  script: unknown[] = [],
  { engine }: Pick<TestBaton, 'engine'> = baton,
): Promise<string> {
  const { run } = await engine.runs.start({ blueprint, input: { task: 'a poem about iron', script } }, anonymous);
  return run.id;
}

const to = (goto: string, instructions = '', usage = { inputTokens: 100, outputTokens: 10 }) => ({
  json: { goto, instructions, reason: `${goto} is next`, update: null },
  usage,
});
const only = (events: RunEvent[], ...types: string[]) => events.filter(({ type }) => types.includes(type));
const activitiesOf = async (run: string) => {
  const client = connectTemporal(baton.config, createDataConverter(baton.config));
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  await client.connection.close();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType?.name] : [],
  );
};

test('a run that a model routes ends right, with a malformed answer, a 429 and a 500 on the way', async () => {
  server.script(
    { text: 'I would say the writer.', usage: { inputTokens: 50, outputTokens: 7 } },
    to('writer', 'Write four lines.'),
    { status: 429, headers: { 'retry-after': '1' } },
    { text: 'Iron, cold and old', usage: { inputTokens: 30, outputTokens: 4 } },
    { status: 500 },
    to('scripted'),
  );
  const run = await start('routed', [{ do: 'emit', count: 1 }]);
  const events = await readToEnd(baton.engine, run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(only(events, 'supervisor.decided').map(({ data }) => data)).toEqual([
    {
      iteration: 1,
      goto: 'writer',
      reason: 'writer is next',
      instructions: 'Write four lines.',
      model: 'openai-compatible/test-model',
      calls: 2,
      usage: { inputTokens: 150, outputTokens: 17 },
    },
    {
      iteration: 2,
      goto: 'scripted',
      reason: 'scripted is next',
      model: 'openai-compatible/test-model',
      calls: 1,
      usage: { inputTokens: 100, outputTokens: 10 },
    },
    { iteration: 3, goto: 'end', reason: 'by rule' },
  ]);
  expect(only(events, 'agent.completed').map(({ step, data }) => [step, data['usage']])).toEqual([
    ['writer#1', { inputTokens: 30, outputTokens: 4 }],
    ['scripted#1', undefined],
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', data: { result: 'ruled' } });
  expect((await baton.engine.runs.state(run)).usage).toEqual({ inputTokens: 280, outputTokens: 31 });
  expect(server.asked).toHaveLength(6);
  expect((server.asked[3]?.atMs ?? 0) - (server.asked[2]?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test('the model is told the roster, the task, and what has come of its decisions', async () => {
  server.script(to('writer', 'Write.'), { text: 'Iron' }, to('end'));
  const run = await start('modelled');
  await readToEnd(baton.engine, run);
  const [first, , third] = server.asked;
  for (const words of [
    'Do as the task says.',
    'scripted: plays a script',
    'writer: writes what it is told to',
    'end: the run is done',
    'iron',
  ])
    expect(first?.said).toContain(words);
  for (const words of ['writer#1 completed', 'Iron', 'writer is next', 'decision 2'])
    expect(third?.said).toContain(words);
});

test('what the last agent returned is the result, where the model ends the run', async () => {
  server.script(to('writer'), { text: 'Iron' }, { json: { goto: 'end', reason: 'done', update: { mood: 'grim' } } });
  const run = await start('modelled');
  expect((await readToEnd(baton.engine, run)).at(-1)).toMatchObject({
    type: 'run.completed',
    data: { result: { text: 'Iron' } },
  });
  expect((await baton.engine.runs.state(run)).context).toEqual({ mood: 'grim' });
});

test('a choice that is not on the roster is asked for again, once; then the run fails, and its tokens are counted', async () => {
  server.script(to('nobody'), to('constructor'));
  const run = await start('routed');
  const events = await readToEnd(baton.engine, run);
  expect(only(events, 'supervisor.decision_failed').map(({ data }) => data)).toMatchObject([
    { error: { code: 'model_malformed' }, then: 'fail', calls: 2, usage: { inputTokens: 200, outputTokens: 20 } },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'model_malformed' } } });
  expect((await baton.engine.runs.state(run)).usage).toEqual({ inputTokens: 200, outputTokens: 20 });
});

test('where the blueprint says so, its rules decide in the place of a model that fails', async () => {
  server.answerBy(() => ({ text: 'who knows' }));
  const events = await readToEnd(baton.engine, await start('forgiving'));
  expect(only(events, 'supervisor.decision_failed').map(({ data }) => data['then'])).toEqual(['rules', 'rules']);
  expect(only(events, 'supervisor.decided').map(({ data }) => data['goto'])).toEqual(['scripted', 'end']);
  expect(events.at(-1)?.type).toBe('run.completed');
});

test('a refused key ends the run at once, with one request', async () => {
  server.script({ status: 401, body: { error: { message: 'Incorrect API key provided: sk-test-key' } } });
  const events = await readToEnd(baton.engine, await start('routed'));
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'model_refused' } } });
  expect(JSON.stringify(events)).not.toContain('sk-test-key');
  expect(server.asked).toHaveLength(1);
});

test('an agent whose key is refused fails without another attempt', async () => {
  server.script(to('writer'), { status: 403 });
  const events = await readToEnd(baton.engine, await start('routed'));
  expect(only(events, 'agent.attempt_failed')).toEqual([]);
  expect(only(events, 'agent.failed').map(({ data }) => data)).toMatchObject([{ error: { code: 'model_refused' } }]);
  expect(server.asked).toHaveLength(2);
});

test('tokens of decisions and of agents pass the budget together', async () => {
  server.script(to('writer', '', { inputTokens: 500, outputTokens: 100 }), {
    text: 'Iron',
    usage: { inputTokens: 300, outputTokens: 100 },
  });
  const events = await readToEnd(baton.engine, await start('routed'));
  expect(events.at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'budget_limit' } } });
  expect(only(events, 'supervisor.decided')).toHaveLength(1);
});

test('what a failed attempt has used counts for its step', async () => {
  server.script(
    to('writer'),
    { text: '' },
    { text: ' ' },
    { text: 'Iron', usage: { inputTokens: 1, outputTokens: 2 } },
    to('end'),
  );
  const events = await readToEnd(baton.engine, await start('routed'));
  expect(only(events, 'agent.attempt_failed').map(({ data }) => data['code'])).toEqual(['model_malformed']);
  expect(only(events, 'agent.completed').map(({ data, attempt }) => [attempt, data['usage']])).toEqual([
    [2, { inputTokens: 21, outputTokens: 12 }],
  ]);
});

test('what a step has used counts where it fails for good, too', async () => {
  server.answerBy((_, index) => (index === 0 ? to('writer') : { text: '' }));
  const run = await start('routed');
  const events = await readToEnd(baton.engine, run);
  expect(only(events, 'agent.failed').map(({ data }) => data['usage'])).toEqual([
    { inputTokens: 40, outputTokens: 20 },
  ]);
  expect((await baton.engine.runs.state(run)).usage).toEqual({ inputTokens: 140, outputTokens: 30 });
});

test('streamed words arrive as live frames while the agent works, and none is kept', async () => {
  const chunks = ['Iron ', 'cold ', 'and ', 'old'];
  server.script(to('writer'), { text: chunks.join(''), chunks, everyMs: 120 }, to('end'));
  const run = await start('modelled');
  const feed = await baton.engine.feeds.open(run);
  const told: string[] = [];
  const listening = feed.listen({
    more: () => undefined,
    gap: () => undefined,
    live: (frame) => void (frame.text === undefined || told.push(frame.text)),
  });
  const events = await readToEnd(baton.engine, run);
  listening[Symbol.dispose]();
  feed[Symbol.dispose]();
  expect(told.join('')).toBe(chunks.join(''));
  expect(told.length).toBeGreaterThan(1);
  const holding = events.filter(({ data }) => JSON.stringify(data).includes('Iron'));
  expect(holding.map(({ type }) => type)).toEqual(['agent.completed', 'run.completed']);
});

test('a tool of MCP_SERVERS is a choice where the blueprint takes guests, and is called with what the model says', async () => {
  server.script({ json: { goto: 'count', instructions: 'Count.', reason: 'to be sure', input: { to: 3 } } }, to('end'));
  const events = await readToEnd(baton.engine, await start('modelled'));
  expect(only(events, 'agent.completed').map(({ step, data }) => [step, data['result']])).toEqual([
    ['count#1', { counted: 3 }],
  ]);
  expect(events.at(-1)?.type).toBe('run.completed');
  expect(server.asked[0]?.said).toContain('count: counts; its argument is');
});

test('elsewhere it is none', async () => {
  server.script(to('count'), to('count'));
  const events = await readToEnd(baton.engine, await start('routed'));
  expect(events.at(-1)).toMatchObject({ data: { error: { code: 'model_malformed' } } });
  expect(server.asked[0]?.said).not.toContain('count: counts');
});

test('a cancel aborts the decision that is under way', async () => {
  server.script({ hang: true });
  const run = await start('routed');
  const asked = await server.request(0);
  const cancelledAtMs = Date.now();
  await baton.engine.runs.cancel(run, { reason: 'enough' }, anonymous);
  expect((await readToEnd(baton.engine, run)).at(-1)).toMatchObject({
    type: 'run.cancelled',
    data: { reason: 'enough' },
  });
  expect(Date.now() - cancelledAtMs).toBeLessThan(2_000 + busyMs);
  expect(asked.isAborted).toBe(true);
});

test("a cancel aborts an agent's call", async () => {
  server.script(to('writer'), { hang: true });
  const run = await start('routed');
  const asked = await server.request(1);
  await baton.engine.runs.cancel(run, {}, anonymous);
  expect((await readToEnd(baton.engine, run)).at(-1)?.type).toBe('run.cancelled');
  expect(asked.isAborted).toBe(true);
});

test('after a reset of an open run the model goes on routing', async () => {
  server.script(to('scripted'), to('end'));
  const run = await start('routed', [{ do: 'hold' }]);
  await readUntil(baton.engine, run, ({ type }) => type === 'agent.started');
  await baton.engine.runs.reset(run, { step: 'scripted#1', edits: { input: { task: 'rest', script: [] } } }, anonymous);
  const events = await readToEnd(baton.engine, run);
  expect(only(events, 'supervisor.decided').map(({ data }) => [data['goto'], data['model'] !== undefined])).toEqual([
    ['scripted', true],
    ['end', true],
  ]);
  expect(server.asked[1]?.said).toContain('rest');
});

test('a decision is made once: it costs one activity, and what was told before rides on it', async () => {
  server.script(to('scripted'), to('end'));
  const run = await start('modelled', []);
  await readToEnd(baton.engine, run);
  expect(await activitiesOf(run)).toEqual(['decide', 'scripted', 'decide']);
});

test('a worker that stops hands its decision to another one', async () => {
  server.answerBy((_, index) => (index === 0 ? { hang: true } : to('end')));
  const other = await startBaton({ settings: server.settings({ LOG_LEVEL: 'error' }), worker: false });
  const first = await other.startWorker();
  const run = await start('routed', [], other);
  const asked = await server.request(0);
  await other.startWorker();
  await first.stop();
  const events = await readToEnd(other.engine, run);
  await other.stop();
  expect(asked.isAborted).toBe(true);
  expect(only(events, 'supervisor.decided').map(({ data }) => data['goto'])).toEqual(['end']);
});

test('without a model the rules route, nobody is asked, and no activity is spent on it', async () => {
  const plain = await startBaton();
  try {
    const run = await start('routed', [], plain);
    const events = await readToEnd(plain.engine, run);
    expect(only(events, 'supervisor.decided').map(({ data }) => data)).toEqual([
      { iteration: 1, goto: 'scripted', reason: 'by rule' },
      { iteration: 2, goto: 'end', reason: 'by rule' },
    ]);
    expect(await activitiesOf(run)).toEqual(['scripted']);
    expect(server.asked).toEqual([]);
  } finally {
    await plain.stop();
  }
});

test('a worker without the model that the gateway has is asked once, then the rules route', async () => {
  const halves = await startBaton({ settings: server.settings(), worker: false });
  const { MODEL_PROVIDER: _, MODEL_NAME: __, ...modelless } = halves.config;
  const parts = {
    bus: halves.bus,
    log: createLog('test', 'error'),
    agents: [scripted],
    workflows: { folders: testBlueprints },
  };
  const worker = await startWorker(modelless, parts);
  try {
    const run = await start('routed', [], halves);
    expect((await readToEnd(halves.engine, run)).at(-1)).toMatchObject({ data: { result: 'ruled' } });
    expect(await activitiesOf(run)).toEqual(['decide', 'scripted']);
    const lost = await start('modelled', [], halves);
    expect((await readToEnd(halves.engine, lost)).at(-1)).toMatchObject({
      type: 'run.failed',
      data: { error: { code: 'blueprint_unavailable' } },
    });
  } finally {
    await worker.stop();
    await halves.stop();
  }
});

test('a blueprint that needs a model is shown unavailable without one, and refused', async () => {
  const shown = (engine: TestBaton['engine']) => engine.runs.blueprints().find(({ name }) => name === 'modelled');
  expect(shown(baton.engine)).toMatchObject({ available: true });
  const plain = await startBaton({ worker: false });
  try {
    expect(shown(plain.engine)).toMatchObject({ available: false, reason: expect.stringContaining('MODEL_PROVIDER') });
    await expect(start('modelled', [], plain)).rejects.toMatchObject({ code: 'blueprint_unavailable', status: 422 });
  } finally {
    await plain.stop();
  }
});
