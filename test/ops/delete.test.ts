/** Deleting for good: nothing of the run is left, wherever it was stored. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { folderName } from '../../stores/blobs/folder-name.ts';
import { openKnowledge } from '../../stores/knowledge/knowledge.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { until } from '../harness/until.ts';

vi.setConfig({ testTimeout: 180_000 });

const owner = 'ann';
let temporal: OwnTemporal;
let gateway: TestGateway;
let ops: Api;
let ann: Api;
let dataDir: string;
beforeAll(async () => {
  // It deletes a run once its queues are known to be beyond the end; at the default that is known every 30 s.
  temporal = await startOwnTemporal({
    'history.transferProcessorUpdateAckInterval': '200ms',
    'history.visibilityProcessorUpdateAckInterval': '200ms',
  });
  const tokens = 'olga:ops:olga-token,ann:client:ann-token,bea:client:bea-token';
  const settings = { AUTH_TOKEN: tokens, LOG_LEVEL: 'error', TEMPORAL_ADDRESS: temporal.address };
  gateway = await startTestGateway({ settings });
  ({ dataDir } = gateway.baton.config);
  ops = new Api(gateway.url, 'olga-token');
  ann = new Api(gateway.url, 'ann-token');
});
afterAll(async () => {
  await gateway.stop();
  await temporal.stop();
});

const remove = (path: string, api = ops) => api.call('DELETE', path);

async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const text = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const environment = { BATON_URL: gateway.url, BATON_TOKEN: 'olga-token' };
  const code = await runCli(args, { stdin, stdout, stderr, environment, onInterrupt: () => () => undefined });
  return { code, ...text };
}

/** Files of the run, by the folder that they are in. */
async function filesOf(run: string): Promise<Record<string, number>> {
  const counts = ['blobs', 'payloads'].map(async (kind) => {
    const names = await readdir(join(dataDir, kind, folderName(run))).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return [kind, names.length] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

function crawl(run: string): void {
  const now = new Date().toISOString();
  using knowledge = openKnowledge(dataDir);
  const state = knowledge.claimCrawl({ run, step: 'crawler#1' }, owner, { workId: `${run}/crawler#1` });
  const url = `http://site.test/${run}`;
  state.stagePages([{ n: 0, url, title: 'Heron', chunks: [{ text: 'the heron stands', words: 3 }] }], 70, now);
  while (state.indexStaged(now) > 0);
  state.publish({ owner, url, title: 'Heron', run, tags: [], now }, () => ({ set: { result: '{}' } }));
}

/** The input leaves the history, and so do the result and the events. */
const large = [
  {
    script: [
      ...Array.from({ length: 5 }, () => ({ do: 'update', update: { text: 'x'.repeat(20_000) } })),
      { do: 'emit', count: 1, bytes: 100_000 },
    ],
    resultBytes: 100_000,
  },
];

test('a run is gone with every execution, blob, payload and crawled page, and again is no fault', async () => {
  const run = await ann.script(large);
  const { length } = await ann.eventsToEnd(run);
  expect(await ops.post(`/v1/runs/${run}/retry`)).toMatchObject({ status: 200 });
  await ann.eventsToEnd(run, length);
  crawl(run);
  const before = await filesOf(run);
  expect(before['payloads']).toBeGreaterThan(0);
  expect(await remove(`/v1/runs/${run}`, ann)).toMatchObject({ status: 403 });

  const { status, body } = await remove(`/v1/runs/${run}`);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { run, executions: 2, sources: 1, archived: false, pending: false },
  });
  expect(body).toMatchObject(before);
  expect(await filesOf(run)).toEqual({ blobs: 0, payloads: 0 });
  for (const part of ['', '/timeline', '/events', '/export'])
    expect(await ann.get(`/v1/runs/${run}${part}`), part).toMatchObject({ status: 404 });
  expect((await ann.get('/v1/knowledge/search?q=heron')).body).toMatchObject({ items: [] });
  const listed = async () => (await ops.get(`/v1/runs?ids=${run}`)).body['items'] as unknown[];
  await until('lists have it no more', async () => (await listed()).length === 0);

  expect(await remove(`/v1/runs/${run}`)).toMatchObject({
    status: 200,
    body: { run, executions: 0, blobs: 0, payloads: 0, sources: 0, logLines: 0 },
  });
});

test('one that has not ended is only deleted when that was said', async () => {
  const run = await ann.script([{ script: [{ do: 'hold' }] }]);
  await ann.eventsUntil(run, ({ type }) => type === 'agent.started');
  expect(await remove(`/v1/runs/${run}`)).toMatchObject({ status: 409, body: { code: 'run_not_ended' } });
  expect((await ann.get(`/v1/runs/${run}`)).body).toMatchObject({ status: 'running' });
  expect(await remove(`/v1/runs/${run}?terminate=1`)).toMatchObject({ status: 200, body: { executions: 1 } });
  expect(await ann.get(`/v1/runs/${run}`)).toMatchObject({ status: 404 });
});

test('a fork keeps what it needs when the original goes', async () => {
  const run = await ann.script([...large, { script: [{ do: 'emit', count: 1 }] }]);
  await ann.eventsToEnd(run);
  const { status, body } = await ops.post(`/v1/runs/${run}/fork`, { step: 'scripted#2' });
  expect({ status, body }).toMatchObject({ status: 201, body: { from: { run } } });
  const fork = String(body['id']);
  await ops.eventsToEnd(fork);
  await remove(`/v1/runs/${run}`);
  expect((await ops.get(`/v1/runs/${fork}`)).body).toMatchObject({ status: 'completed', from: { run } });
  expect((await ops.eventsToEnd(fork)).at(-1)?.type).toBe('run.completed');
  await remove(`/v1/runs/${fork}`);
});

test('the command line says what was there', async () => {
  const run = await ann.script([{ script: [{ do: 'hold' }] }]);
  expect(await cli('delete', run)).toMatchObject({ code: 6, err: expect.stringContaining('run_not_ended') as string });
  expect(await cli('delete', run, '--terminate')).toMatchObject({ code: 0, out: `${run} deleted: 1 execution\n` });
  expect(await cli('delete', run, '--json')).toMatchObject({ code: 0 });
  expect(await cli('delete', run)).toMatchObject({ code: 0, out: `${run}: there was nothing\n` });
  expect(await cli('delete', '--owner', 'ann')).toMatchObject({ code: 2 });
  expect(await cli('delete')).toMatchObject({ code: 2 });
});

test('all runs of an owner go where that was said, and those of others stay', async () => {
  const bea = new Api(gateway.url, 'bea-token');
  const mine = [await bea.script([{ script: [] }]), await bea.script([{ script: [] }])];
  const other = await ops.script([{ script: [] }]);
  for (const run of [...mine, other]) await ops.eventsToEnd(run);
  const listed = async () => ((await ops.get(`/v1/runs?owner=bea`)).body['items'] as unknown[]).length;
  await until('lists have both', async () => (await listed()) === 2);
  expect(await remove('/v1/runs')).toMatchObject({ status: 422 });
  expect(await remove('/v1/runs?owner=bea')).toMatchObject({ status: 422, body: { code: 'filter_needed' } });
  const { status, body } = await remove('/v1/runs?owner=bea&all=1');
  expect(status).toBe(200);
  expect((body['runs'] as { run: string }[]).map(({ run }) => run).toSorted()).toEqual(mine.toSorted());
  for (const run of mine) expect(await ops.get(`/v1/runs/${run}`)).toMatchObject({ status: 404 });
  expect(await ops.get(`/v1/runs/${other}`)).toMatchObject({ status: 200 });
});

test('a bulk job deletes all that fit and have ended, is refused by open ones, and asks for a filter as every other', async () => {
  const customer = 'heron-and-sons';
  const start = async (script: unknown[]) => {
    const { body } = await ann.post('/v1/runs', { blueprint: 'script', input: { steps: [{ script }], customer } });
    return String(body['id']);
  };
  const ended = [await start([]), await start([]), await start([])];
  const open = await start([{ do: 'hold' }]);
  for (const run of ended) await ann.eventsToEnd(run);
  await ann.eventsUntil(open, ({ type }) => type === 'agent.started');
  const count = async () => (await ops.get(`/v1/runs/count?attr.customer=${customer}`)).body;
  const standsAs = async (completed: number) =>
    JSON.stringify(await count()) === JSON.stringify({ total: completed + 1, byStatus: { running: 1, completed } });
  await until('lists have them', () => standsAs(3));

  const bulk = { action: 'delete', filter: { 'attr.customer': customer }, perSecond: 50 };
  expect((await ops.post('/v1/jobs', { action: 'delete' })).body).toMatchObject({ code: 'filter_needed' });
  expect(await ann.post('/v1/jobs', bulk)).toMatchObject({ status: 403 });
  const { body: preview } = await ops.post('/v1/jobs?dryRun=1', bulk);
  expect(preview).toMatchObject({ count: 4, byStatus: { completed: 3, running: 1 } });
  const refusals = (preview['sample'] as { run: string; refused: { code: string } | null }[]).flatMap(
    ({ run, refused }) => (refused ? [[run, refused.code]] : []),
  );
  expect(refusals).toEqual([[open, 'run_not_ended']]);

  const { body: job } = await ops.post('/v1/jobs', bulk);
  await ops.eventsToEnd(String(job['id']));
  expect((await ops.get(`/v1/jobs/${String(job['id'])}`)).body).toMatchObject({
    status: 'completed',
    counts: { done: 3, refused: 1, failed: 0 },
  });
  const { body: results } = await ops.get(`/v1/jobs/${String(job['id'])}/results?outcome=refused`);
  expect(results['items']).toMatchObject([{ run: open, code: 'run_not_ended' }]);
  for (const run of ended)
    await until(`${run} is gone`, async () => (await ann.get(`/v1/runs/${run}`)).status === 404, 60_000);
  expect((await ann.get(`/v1/runs/${open}`)).body).toMatchObject({ status: 'running' });

  const done = await cli('bulk', 'delete', `attr.customer=${customer}`, '--terminate', '--yes');
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/completed: \d of \d\n$/) as string });
  await until(`${open} is gone`, async () => (await ann.get(`/v1/runs/${open}`)).status === 404, 60_000);
});
