/** What docs/how-to/change-a-workflow.md says: a change is deployed over open runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AgentContext } from '../../protocol/agent.ts';
import type { Verdict } from '../../protocol/schemas/verification.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';
import { createLog } from '../../runtime/log.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { listBuilds, promoteBuild } from '../../worker/promote-build.ts';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { verifyRuns } from '../../worker/verify/verify-runs.ts';
import type { WorkflowSource } from '../../worker/workflow-bundle.ts';
import { anonymous, readToEnd, readUntil, startBaton, type TestBaton } from '../harness/baton.ts';
import { startOwnTemporal } from '../harness/own-temporal.ts';
import { runProgram } from '../harness/run-program.ts';
import { plantedAgents, plantedFolder, plantedSource } from '../histories/planted-source.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const log = createLog('test', 'silent');
const openRuns = 50;
let folder: string;
let before: WorkflowSource;
let patched: WorkflowSource;
let careless: WorkflowSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-deploy-'));
  before = await plantedSource(log, folder, { build: 'before' });
  patched = await plantedSource(log, folder, { build: 'patched' });
  careless = await plantedSource(log, folder, { build: 'careless' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The agent that the input names waits until it is let go; told to stop, it goes back to the server. */
function holding() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const agents = plantedAgents(async (ctx: AgentContext, input) => {
    if ((input as { hold: string }).hold !== ctx.step.split('#')[0]) return;
    const stopped = Promise.withResolvers<never>();
    ctx.signal.addEventListener('abort', () => stopped.reject(ctx.signal.reason as Error));
    ctx.signal.throwIfAborted();
    await Promise.race([promise, stopped.promise]);
  });
  return { agents, letGo: resolve };
}

async function start(baton: TestBaton, hold: 'first' | 'second' | 'none', blueprint = 'deployed'): Promise<string> {
  const { run } = await baton.engine.runs.start({ blueprint, input: { hold } }, anonymous);
  if (hold === 'none') return run.id;
  await readUntil(baton.engine, run.id, ({ type, step }) => type === 'agent.started' && step === `${hold}#1`);
  return run.id;
}

async function resultOf(baton: TestBaton, run: string): Promise<unknown> {
  const events = await readToEnd(baton.engine, run, { timeoutMs: 90_000 });
  expect(events.at(-1)?.type, JSON.stringify(events.at(-1))).toBe('run.completed');
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'agent.attempt_failed')).toEqual([]);
  return events.at(-1)?.data['result'];
}

async function verdicts(baton: TestBaton, runs: readonly string[], workflows: WorkflowSource): Promise<Verdict[]> {
  const dataConverter = createDataConverter(baton.config);
  const client = connectTemporal(baton.config, dataConverter);
  const replayer = await Replayer.open({ config: baton.config, log, workflows });
  const found: Verdict[] = [];
  const parts = { client, decode: payloadDecoder(dataConverter), replayer };
  for await (const { verdict } of verifyRuns(runs, parts)) found.push(verdict);
  await replayer.close();
  await client.connection.close();
  return found;
}

const promote = ({ config }: TestBaton, build: string) =>
  runProgram('server/builds/main.ts', ['promote', build], {
    BATON_ENCRYPTION_KEYS: process.env['BATON_ENCRYPTION_KEYS'] ?? '',
    TEMPORAL_ADDRESS: config.TEMPORAL_ADDRESS ?? '',
    TEMPORAL_NAMESPACE: config.TEMPORAL_NAMESPACE,
    BATON_TASK_QUEUE: config.BATON_TASK_QUEUE,
    BATON_DATA_DIR: config.dataDir,
  });

const old = ['first', 'second'];
const checked = ['first', 'extra', 'second'];

test('a patched change over 50 open runs: those past it end on the old path, those before it and new ones on the new', async () => {
  const baton = await startBaton({ worker: false, plugins: { workflows: [plantedFolder] } });
  const { bus, config } = baton;
  const first = holding();
  const oldWorker = await startWorker(config, { bus, log, agents: first.agents, workflows: before });
  const early = await Promise.all(Array.from({ length: openRuns / 2 }, () => start(baton, 'first')));
  const late = await Promise.all(Array.from({ length: openRuns / 2 }, () => start(baton, 'second')));

  const isOneOf = (found: Verdict[]) => [...new Set(found)];
  expect(isOneOf(await verdicts(baton, [...early, ...late], patched))).toEqual(['same']);
  expect(isOneOf(await verdicts(baton, early, careless))).toEqual(['same']);
  expect(isOneOf(await verdicts(baton, late, careless))).toEqual(['differs']);

  await oldWorker.stop();
  const second = holding();
  const newWorker = await startWorker(config, { bus, log, agents: second.agents, workflows: patched });
  second.letGo();
  for (const run of late) expect(await resultOf(baton, run)).toEqual(old);
  for (const run of early) expect(await resultOf(baton, run)).toEqual(checked);
  expect(await resultOf(baton, await start(baton, 'none'))).toEqual(checked);
  await newWorker.stop();
  await baton.stop();
});

test('versioned workers: a pinned run ends on its build, the others go on on the one that is promoted', async () => {
  const temporal = await startOwnTemporal();
  const settings = { TEMPORAL_ADDRESS: temporal.address, BATON_VERSIONING: 'on' };
  const baton = await startBaton({ worker: false, settings, plugins: { workflows: [plantedFolder] } });
  const { bus, config } = baton;
  const client = connectTemporal(config, createDataConverter(config));
  const workers: RunningWorker[] = [];
  const { agents, letGo } = holding();
  const deploy = async (build: string, workflows: WorkflowSource) => {
    workers.push(await startWorker({ ...config, BATON_BUILD_ID: build }, { bus, log, agents, workflows }));
  };
  await deploy('b1', before);
  const pinned = await start(baton, 'second', 'deployed-pinned');
  const free = await start(baton, 'first');
  const late = await start(baton, 'second');
  const { runs } = baton.engine;
  await runs.pause(pinned, {}, anonymous);
  await deploy('b0', careless);
  const refused = await promote(baton, 'b0');
  expect(refused.code).toBe(1);
  expect(refused.out).toContain(`differs  ${late} at entry`);
  expect(refused.out).toContain('b0 was not promoted: of 2 open runs 1 do not fit it.');
  await deploy('b2', patched);
  expect(await listBuilds(client)).toContainEqual({ buildId: 'b1', status: 'current' });
  expect(await promote(baton, 'b2')).toEqual({ code: 0, out: '2 open runs fit.\nb2 gets the runs.\n' });
  // It stays on its build: the one that is current now would do otherwise, and is not asked.
  await promoteBuild(client, 'b0');
  expect(await runs.predict(pinned, { command: 'unpause' })).toMatchObject({
    verification: { verdict: 'same', build: 'b1' },
  });
  await runs.unpause(pinned, {}, anonymous);
  await promoteBuild(client, 'b2');
  await expect
    .poll(async () => new Set((await listBuilds(client)).map(({ buildId, status }) => `${buildId} ${status}`)), {
      timeout: 60_000,
    })
    .toEqual(new Set(['b2 current', 'b1 draining', 'b0 draining']));
  letGo();
  const later = await start(baton, 'none', 'deployed-pinned');
  const results = {
    pinned: await resultOf(baton, pinned),
    free: await resultOf(baton, free),
    late: await resultOf(baton, late),
    later: await resultOf(baton, later),
  };
  expect(results).toEqual({ pinned: old, free: checked, late: old, later: checked });
  await Promise.all(workers.map((worker) => worker.stop()));
  await client.connection.close();
  await baton.stop();
  await temporal.stop();
});

test('a failed run shows the build that it failed on, also where workers are not versioned', async () => {
  const baton = await startBaton({ settings: { BATON_BUILD_ID: 'build-7' } });
  const input = { steps: [{ script: [{ do: 'fail', attempts: 9, code: 'invalid_input' }] }] };
  const { run } = await baton.engine.runs.start({ blueprint: 'script', input }, anonymous);
  await readToEnd(baton.engine, run.id);
  await expect
    .poll(async () => (await baton.engine.runs.list({ ids: [run.id], build: 'build-7', limit: 1 })).items)
    .toMatchObject([{ id: run.id, failure: { code: 'invalid_input', build: 'build-7' } }]);
  await baton.stop();
});

test('a worker that drains lets a running step finish, and takes no other', async () => {
  const baton = await startBaton({
    worker: false,
    settings: { BATON_DRAIN_SECONDS: '60' },
    plugins: { workflows: [plantedFolder] },
  });
  const { bus, config } = baton;
  const { agents, letGo } = holding();
  const draining = await startWorker(config, { bus, log, agents, workflows: before });
  const run = await start(baton, 'first');
  const stopped = draining.stop();
  const waiting = await baton.engine.runs.start({ blueprint: 'deployed', input: { hold: 'none' } }, anonymous);
  letGo();
  await stopped;
  const next = await startWorker(config, { bus, log, agents, workflows: before });
  const events = await readToEnd(baton.engine, run);
  const completed = events.find(({ type, step }) => type === 'agent.completed' && step === 'first#1');
  expect(completed).toMatchObject({ attempt: 1 });
  expect(await resultOf(baton, waiting.run.id)).toEqual(old);
  await next.stop();
  await baton.stop();
});
