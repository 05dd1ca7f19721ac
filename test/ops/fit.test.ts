/** Before a run goes on, a worker looks whether its code fits what the run has done: over HTTP, sockets, jobs, the command line. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifierId } from '../../protocol/verifier.ts';
import type { JobResult } from '../../protocol/schemas/jobs.ts';
import type { Api, Json } from '../harness/gateway.ts';
import { olgasToken, startPlantedBuilds, type PlantedBuilds } from '../harness/planted-builds.ts';
import { runProgram } from '../harness/run-program.ts';
import { TestSocket } from '../harness/test-socket.ts';
import { busyMs } from '../harness/busy.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let builds: PlantedBuilds;
let ops: Api;
beforeAll(async () => {
  builds = await startPlantedBuilds();
  ops = builds.ops;
});
afterAll(() => builds.stop());

const pausedRun = () => builds.pausedRun();

const misfit = {
  code: 'replay_failed',
  verdict: 'differs',
  build: 'b-careless',
  event: { id: expect.any(Number) as number, type: 'ActivityTaskScheduled' },
  why: expect.stringContaining('second') as string,
};
const step = 'second#1';

test('a run that does not fit the code of the workers is not let go on, and who forces it stands in its log', async () => {
  const [run, other] = [await pausedRun(), await pausedRun()];
  await builds.deploy('careless');
  for (const act of ['unpause', 'retry-step'])
    expect(await ops.post(`/v1/runs/${run}/${act}`, { step })).toMatchObject({
      status: 409,
      body: { ...misfit, run, detail: expect.stringContaining('say `force`') as string },
    });
  expect(await ops.post(`/v1/runs/${run}/unpause?dryRun=1`, { step })).toMatchObject({
    status: 200,
    body: { repeats: [{ step }], verification: { run, verdict: 'differs', build: 'b-careless' } },
  });

  const socket = await TestSocket.open(`${builds.gateway.wsUrl}?token=${olgasToken}`);
  expect(await socket.request('unpause', { run, step })).toMatchObject({ ok: false, error: misfit });

  const dry = await cli('unpause', run, step, '--dry-run');
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('does not fit it at entry') as string });
  const refused = await cli('unpause', run, step);
  expect(refused).toMatchObject({ code: 6, out: expect.stringContaining('replay_failed') as string });

  const bulk = { action: 'unpause', step, filter: { ids: [run, other] } };
  const { body: preview } = await ops.post('/v1/jobs?dryRun=1', bulk);
  expect(preview).toMatchObject({ count: 2, sample: [1, 2].map(() => ({ refused: { code: 'replay_failed' } })) });
  expect(await ops.post('/v1/jobs?dryRun=1', { ...bulk, force: true })).toMatchObject({
    body: { sample: [1, 2].map(() => ({ refused: null, prediction: { repeats: [{ step }] } })) },
  });
  const job = (await ops.post('/v1/jobs', bulk)).body;
  await ops.eventsToEnd(String(job['id']));
  const results = (await ops.get(`/v1/jobs/${String(job['id'])}/results`)).body['items'] as JobResult[];
  expect(results.map(({ outcome, code }) => [outcome, code])).toEqual([1, 2].map(() => ['refused', 'replay_failed']));
  expect(typesOf(await logOf(run))).not.toContain('step.unpaused');

  // Forced, it is recorded; the code that fits takes it, and the run goes on.
  expect(await socket.request('unpause', { run, step, force: true })).toMatchObject({ ok: true });
  expect(await cli('unpause', other, step, '--force')).toMatchObject({ code: 0 });
  socket.ws.close();
  await builds.deploy('before');
  for (const each of [run, other]) {
    const events = await ops.eventsUntil(each, ({ type }) => type === 'step.unpaused');
    expect(events.at(-1)?.data).toMatchObject({ by: 'olga', forced: true });
    expect((await ops.post(`/v1/runs/${each}/cancel`, { mode: 'now' })).status).toBe(202);
  }
});

test('a run that fits goes on, within a second, without a trace of it in any list or in its log', async () => {
  const run = await pausedRun();
  expect(await ops.post(`/v1/runs/${run}/unpause?dryRun=1`, { step })).toMatchObject({
    body: { verification: { verdict: 'same', build: 'b-before', executions: [{ verdict: 'same' }] } },
  });
  const began = performance.now();
  expect(await ops.post(`/v1/runs/${run}/unpause`, { step })).toMatchObject({ status: 200, body: { id: run } });
  const tookMs = performance.now() - began;
  expect(tookMs).toBeLessThan(1_000 + busyMs);
  const { data } = (await ops.eventsUntil(run, ({ type }) => type === 'step.unpaused')).at(-1) ?? {};
  expect(data).not.toHaveProperty('forced');
  const { body } = await ops.get('/v1/runs?limit=500');
  const listed = (body['items'] as Json[]).map(({ id }) => String(id));
  expect(listed).toContain(run);
  expect(listed.filter((id) => id.startsWith(verifierId('')))).toEqual([]);
  await ops.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
});

test('while no worker is up nothing is let go on, but what is forced is recorded', async () => {
  const run = await pausedRun();
  await builds.retire();
  expect(await ops.post(`/v1/runs/${run}/unpause`, { step })).toMatchObject({
    status: 503,
    body: { code: 'not_verified', run },
  });
  expect((await ops.post(`/v1/runs/${run}/unpause`, { step, force: true })).status).toBe(200);
  await builds.deploy('before');
  const events = await ops.eventsUntil(run, ({ type }) => type === 'step.unpaused');
  expect(events.at(-1)?.data).toMatchObject({ forced: true });
  await ops.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
});

const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const logOf = async (run: string) => (await ops.get(`/v1/runs/${run}/events`)).body['events'] as { type: string }[];

const cli = (...args: string[]) =>
  runProgram('client/cli/main.ts', args, { BATON_URL: builds.gateway.url, BATON_TOKEN: olgasToken });
