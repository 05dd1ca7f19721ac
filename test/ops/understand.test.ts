/** What happened in a run: over HTTP, on the command line, and as a bundle that opens without the engine it comes from. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonClient } from '../../client/client.ts';
import { runCli } from '../../client/cli/run-cli.ts';
import { startBundle } from '../../gateway/bundle/start-bundle.ts';
import { unpackBundle } from '../../gateway/bundle/unpack-bundle.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { timelineSchema, type Timeline } from '../../protocol/schemas/timeline.ts';
import { readConfig } from '../../runtime/config.ts';
import { createLog } from '../../runtime/log.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { TestSocket } from '../harness/test-socket.ts';
import { until } from '../harness/until.ts';

let gateway: TestGateway;
let ops: Api;
let ann: Api;
let folder: string;
beforeAll(async () => {
  const tokens = 'olga:ops:olga-token,ann:client+human:ann-token,bob:client:bob-token';
  gateway = await startTestGateway({ settings: { AUTH_TOKEN: tokens, LOG_LEVEL: 'error' } });
  ops = new Api(gateway.url, 'olga-token');
  ann = new Api(gateway.url, 'ann-token');
  folder = await mkdtemp(join(tmpdir(), 'baton-understand-'));
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
});

async function cli(args: string[], url = gateway.url): Promise<{ code: number; out: string; err: string }> {
  const stdin = new PassThrough();
  stdin.end();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const text = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const environment = { BATON_URL: url, BATON_TOKEN: 'olga-token' };
  const code = await runCli(args, { stdin, stdout, stderr, environment, onInterrupt: () => () => undefined });
  return { code, ...text };
}

async function timelineOf(api: Api, run: string): Promise<Timeline> {
  const { status, body } = await api.get(`/v1/runs/${run}/timeline`);
  expect(status).toBe(200);
  return timelineSchema.parse(body);
}

const failing = [
  { script: [{ do: 'emit', count: 1, bytes: 40_000 }] },
  {
    script: [
      { do: 'emit', count: 1 },
      { do: 'fail', attempts: 1 },
    ],
  },
  { script: [{ do: 'fail', attempts: 99, code: 'invalid_input' }] },
];

test('a failed run is told step by step, with its executions and its forks, and what to do next', async () => {
  const run = await ann.script(failing);
  const log = await ann.eventsToEnd(run);
  expect(await ops.post(`/v1/runs/${run}/resume`)).toMatchObject({ status: 200 });
  await ann.eventsToEnd(run, log.length);
  const { body: fork } = await ops.post(`/v1/runs/${run}/fork`, { step: 'scripted#3' });
  await until('the fork is on the side of the original', async () => (await timelineOf(ann, run)).forks.length === 1);

  const timeline = await timelineOf(ann, run);
  expect(timeline).toMatchObject({
    status: 'failed',
    owner: 'ann',
    executions: [
      { cause: 'run.started', by: 'ann', via: 'http', from: '127.0.0.1', outcome: 'failed' },
      { cause: 'run.reset', by: 'olga', via: 'http', outcome: 'failed' },
    ],
    forks: [{ run: fork['id'] }],
    now: { pending: [], questions: [] },
  });
  expect(timeline.steps.map(({ step, status }) => [step, status])).toEqual([
    ['scripted#1', 'completed'],
    ['scripted#2', 'completed'],
    ['scripted#3', 'failed'],
    ['scripted#3', 'failed'],
  ]);
  const [, retried, failed] = timeline.steps;
  expect(retried?.attempts).toMatchObject([{ outcome: 'failed' }, { outcome: 'completed' }]);
  expect(failed).toMatchObject({ error: { code: 'invalid_input' }, decision: { reason: 'step 3 of 3 of the plan' } });
  expect(await timelineOf(ops, String(fork['id']))).toMatchObject({ from: { run, step: 'scripted#3' } });

  const socket = await TestSocket.open(`${gateway.wsUrl}?token=ann-token`);
  expect(await socket.request('timeline', { run, limit: 1 })).toMatchObject({
    ok: true,
    timeline: { steps: [{ step: 'scripted#1' }], stepsTotal: 4 },
  });
  socket.ws.close();

  const shown = await cli(['show', run]);
  expect(shown.out).toMatch(/scripted#2 +completed .*2 attempts.*← step 2 of 3 of the plan/);
  expect(shown.out).toMatch(/✖ attempt 1 failed.*agent_failed: failed by script/);
  expect(shown.out).toMatch(/reset by olga via http from 127\.0\.0\.1/);
  expect(shown.out).toContain(`baton resume ${run} --dry-run`);
  const json = JSON.parse((await cli(['show', run, '--json'])).out) as { timeline: Timeline };
  expect(json.timeline.steps).toEqual(timeline.steps);
});

test('of a run that works, the attempt, its last sign of life and its worker are told', async () => {
  const run = await ann.script([{ script: [{ do: 'progress', fraction: 0.5, message: 'half way' }, { do: 'hold' }] }]);
  const pending = async () => (await timelineOf(ann, run)).now.pending[0];
  await until('the heartbeat is there', async () => (await pending())?.heartbeat?.fraction === 0.5);
  expect(await pending()).toMatchObject({
    step: 'scripted#1',
    agent: 'scripted',
    state: 'at_work',
    attempt: 1,
    heartbeat: { message: 'half way', failures: 0 },
    lastFailure: null,
  });
  expect((await pending())?.worker).not.toBeNull();
  const { steps } = await timelineOf(ann, run);
  expect(steps).toMatchObject([
    { status: 'running', endedAt: null, attempts: [{ outcome: 'running', endedAt: null }] },
  ]);
  expect((await cli(['show', run])).out).toMatch(/scripted#1 is at work, attempt 1.*50 % half way/);

  expect(await ops.post(`/v1/runs/${run}/pause`, { step: 'scripted#1' })).toMatchObject({ status: 200 });
  await until('the step is paused', async () => (await pending())?.state === 'paused');
  expect((await cli(['show', run])).out).toContain(`baton unpause ${run} scripted#1`);
  await ops.post(`/v1/runs/${run}/terminate`);
});

test("somebody else's run has no timeline and no bundle, and secrets are for ops", async () => {
  const run = await ann.script([{ script: [] }]);
  await ann.eventsToEnd(run);
  const bob = new Api(gateway.url, 'bob-token');
  for (const part of ['timeline', 'export'])
    expect(await bob.get(`/v1/runs/${run}/${part}`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  expect(await ann.get(`/v1/runs/${run}/export?raw=1`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await ops.get(`/v1/runs/nobody-has-this/export`)).toMatchObject({ status: 404 });
  expect(await ann.get(`/v1/runs/${run}/timeline?limit=many`)).toMatchObject({ status: 422 });
});

test('a bundle opens without the engine: log, state, timeline and blobs are as they were, and nothing can be done', async () => {
  const secret = 'sk-planted-0123456789abcdef';
  const run = await ann.script([...failing.slice(0, 2), { script: [{ do: 'update', update: { apiKey: secret } }] }]);
  const log = await ann.eventsToEnd(run);
  const file = join(folder, 'run.baton');
  expect(await cli(['export', run, '-o', file])).toMatchObject({ code: 0 });
  expect(gunzipSync(await readFile(file)).toString('utf8')).not.toContain('planted');

  const bundle = await unpackBundle(file, join(folder, 'opened'));
  const config = readConfig({ BATON_PORT: '0', BATON_DATA_DIR: bundle.folder, LOG_LEVEL: 'silent' });
  const surface = await startBundle(bundle, { config, log: createLog('test', 'silent') });
  const url = `http://127.0.0.1:${surface.port}`;
  try {
    const opened = new Api(url);
    const clean = (events: readonly RunEvent[]) =>
      JSON.parse(JSON.stringify(events).replaceAll(secret, '[redacted]')) as unknown;
    expect(await opened.eventsToEnd(run)).toEqual(clean(log));
    expect((await opened.get(`/v1/runs/${run}`)).body).toMatchObject({
      status: 'completed',
      owner: 'ann',
      source: 'log',
    });
    const [then, now] = await Promise.all([timelineOf(ann, run), timelineOf(opened, run)]);
    expect({ ...now, steps: [] }).toEqual({ ...then, steps: [] });
    expect(now.steps).toEqual(JSON.parse(JSON.stringify(then.steps).replaceAll(secret, '[redacted]')));
    expect((await opened.get('/v1/runs')).body).toMatchObject({ items: [{ id: run, status: 'completed' }] });
    const large = log.find(({ data }) => 'blob' in data)?.data['blob'] as { ref: string; bytes: number };
    const blob = await fetch(`${url}/v1/runs/${run}/blobs/${large.ref}`);
    expect((await blob.arrayBuffer()).byteLength).toBe(large.bytes);

    const client = new BatonClient({ url });
    const watched: number[] = [];
    for await (const item of client.watch(run)) if (item.kind === 'event') watched.push(item.event.seq);
    client.close();
    expect(watched).toEqual(log.map(({ seq }) => seq));
    expect((await cli(['show', run], url)).out).toContain('scripted#2');

    for (const command of ['cancel', 'retry', 'fork', 'terminate'])
      expect(await opened.post(`/v1/runs/${run}/${command}`, {})).toMatchObject({
        status: 403,
        body: { code: 'read_only' },
      });
    expect(await opened.get('/v1/runs/another')).toMatchObject({ status: 404 });
  } finally {
    await surface.stop();
  }

  const replayer = await Replayer.open({
    config: readConfig({ BATON_DATA_DIR: join(folder, 'elsewhere') }),
    log: createLog('test', 'silent'),
    workflows: { folders: testBlueprints },
  });
  try {
    for (const { runId, file: history } of bundle.executions) {
      const parsed = historyFromJSON(JSON.parse(await readFile(history, 'utf8')));
      expect(await replayer.verify({ execution: runId, history: parsed })).toMatchObject({ verdict: 'same' });
    }
  } finally {
    await replayer.close();
  }

  const lines = gunzipSync(await readFile(file))
    .toString('utf8')
    .split('\n');
  const at = lines.findIndex((line) => line.startsWith('{"entry":"state.json"'));
  await writeFile(file, gzipSync(lines.with(at, (lines[at] ?? '').replace('completed', 'cancelled')).join('\n')));
  await expect(unpackBundle(file, join(folder, 'tampered'))).rejects.toThrow('entry state.json');
}, 120_000);
