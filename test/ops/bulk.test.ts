/** Bulk jobs over HTTP: worker and gateway are processes of their own, so that the worker can be killed. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Job, JobResult } from '../../protocol/schemas/jobs.ts';
import { Api, startTestGateway } from '../harness/gateway.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { temporalAddress, temporalNamespace, unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

// A busy machine takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const endsWithinMs = 120_000;

let dataDir: string;
let parts: Parts;
let api: Api;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-bulk-'));
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: unique('bulk'),
    BATON_PORT: '0',
    LOG_LEVEL: 'error',
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  parts = await startParts(environment);
  api = new Api(`http://127.0.0.1:${parts.gateway.port}`);
});
afterAll(async () => {
  await parts.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const failing = [{ script: [{ do: 'fail', attempts: 9, code: 'agent_failed' }] }];
const asking = [{ script: [{ do: 'ask' }] }];

/** Runs of one customer, by whom the filter finds them; resolves when lists have them all. */
async function startRuns(
  count: number,
  steps: unknown[],
  status: string,
): Promise<{ customer: string; runs: string[] }> {
  const customer = unique('customer');
  const runs = Array.from({ length: count }, () => unique('of-many'));
  for (let from = 0; from < count; from += 10)
    await Promise.all(
      runs.slice(from, from + 10).map(async (id) => {
        const started = await api.post('/v1/runs', { blueprint: 'script', id, input: { steps, customer } });
        expect(started.status).toBe(201);
      }),
    );
  await until(
    `${count} runs ${status}`,
    async () => (await api.get(`/v1/runs/count?attr.customer=${customer}&status=${status}`)).body['total'] === count,
    endsWithinMs,
  );
  return { customer, runs };
}

async function startJob(body: object, expected = 201): Promise<Job> {
  const { status, body: job } = await api.post('/v1/jobs', body);
  expect([status, job]).toMatchObject([expected, { id: expect.stringMatching(/^bulk-/) }]);
  return job as unknown as Job;
}
/** All of the namespace: other tests have some, too. */
async function listedJobs(): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await api.get(`/v1/jobs?limit=50${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(status, JSON.stringify(body)).toBe(200);
    jobs.push(...(body['items'] as Job[]));
    cursor = body['nextCursor'] as string | null;
  }
  return jobs;
}

const readJob = async (id: string) => (await api.get(`/v1/jobs/${id}`)).body as unknown as Job;
const finished = ({ counts }: Job) => counts.done + counts.refused + counts.failed;
const whenJob = (id: string, what: string, fits: (job: Job) => boolean) =>
  until(
    `${id} ${what}`,
    async () => {
      const job = await readJob(id);
      return fits(job) ? job : null;
    },
    endsWithinMs,
  );

async function resultsOf(id: string, query = ''): Promise<JobResult[]> {
  const results: JobResult[] = [];
  for (let cursor: string | null = '0'; cursor !== null;) {
    const { status, body } = await api.get(`/v1/jobs/${id}/results?limit=25&cursor=${cursor}${query}`);
    expect(status).toBe(200);
    results.push(...(body['items'] as JobResult[]));
    cursor = body['nextCursor'] as string | null;
  }
  return results;
}

/** A page ends where an execution does. */
async function logOf(run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let after = 0; ;) {
    const { body } = await api.get(`/v1/runs/${run}/events?limit=5000&after=${after}`);
    events.push(...(body['events'] as RunEvent[]));
    if (body['next'] === after) return events;
    after = Number(body['next']);
  }
}

const program = join(import.meta.dirname, '..', '..', 'client', 'cli', 'main.ts');

/** The command line as a process. */
function baton(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    env: { PATH: process.env['PATH'], BATON_URL: `http://127.0.0.1:${parts.gateway.port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

test('60 runs are retried once each, with a result each, though the worker is killed in the middle', async () => {
  const { customer, runs } = await startRuns(60, failing, 'failed');
  const filter = { status: ['failed'], 'attr.customer': customer };
  const bulk = { action: 'retry', filter, perSecond: 20 };
  const { body: preview } = await api.post('/v1/jobs?dryRun=1', bulk);
  expect(preview).toMatchObject({ count: 60, byStatus: { failed: 60 } });
  const sample = preview['sample'] as Record<string, unknown>[];
  expect(sample).toHaveLength(20);
  expect(sample[0]).toMatchObject({
    prediction: { repeats: [{ step: 'scripted#1', startedAttempts: 1 }] },
    refused: null,
  });

  const job = await startJob(bulk);
  expect((await startJob(bulk, 200)).id).toBe(job.id);
  await whenJob(job.id, 'is at work', (now) => finished(now) >= 10);
  await parts.worker.kill();
  const atKill = await readJob(job.id);
  expect(finished(atKill)).toBeLessThan(60);
  await parts.worker.start();
  const ended = await whenJob(job.id, 'has ended', ({ status }) => status === 'completed');
  expect(ended).toMatchObject({ selected: { count: 60 }, counts: { done: 60, refused: 0, failed: 0 } });

  const results = await resultsOf(job.id);
  expect(results.map(({ run }) => run).toSorted()).toEqual(runs.toSorted());
  for (const run of runs) {
    const retried = (await logOf(run)).filter(({ type }) => type === 'run.retried');
    expect(retried.map(({ data }) => [data['by'], data['via'], data['from']])).toEqual([['anonymous', 'job', job.id]]);
  }
  const jobLog = await logOf(job.id);
  expect(jobLog.filter(({ data }) => data['kind'] === 'bulk.selected')).toHaveLength(1);
  const messages = jobLog.flatMap(({ data }) => (typeof data['message'] === 'string' ? [data['message']] : []));
  expect(messages.at(-1)).toBe('60 of 60');

  // They have failed again: once that one has ended, the same request is a new job.
  await until(
    'all have failed again',
    async () => (await api.get(`/v1/runs/count?attr.customer=${customer}&status=failed`)).body['total'] === 60,
    endsWithinMs,
  );
  const again = await startJob(bulk);
  expect(again.id).toBe(`${job.id}-2`);
  expect((await api.post(`/v1/runs/${again.id}/cancel`, {})).status).toBe(202);
  await whenJob(again.id, 'is cancelled', ({ status }) => status === 'cancelled');
  // Another pace is another job: slow enough to be cancelled on its way.
  const slow = await startJob({ ...bulk, perSecond: 1 });
  await whenJob(slow.id, 'is at work', (now) => finished(now) >= 2);
  expect((await api.post(`/v1/runs/${slow.id}/cancel`, { reason: 'enough' })).status).toBe(202);
  const cancelled = await whenJob(slow.id, 'is cancelled', ({ status }) => status === 'cancelled');
  const told = [...(await resultsOf(again.id)), ...(await resultsOf(slow.id))].map(({ run }) => run);
  expect(finished(cancelled)).toBeLessThan(cancelled.selected?.count ?? 0);
  for (const run of runs) {
    const retried = (await logOf(run)).filter(({ type }) => type === 'run.retried');
    expect([run, retried.length]).toEqual([run, 1 + told.filter((each) => each === run).length]);
  }
  const jobs = await listedJobs();
  expect(jobs.map(({ id }) => id)).toEqual(expect.arrayContaining([job.id, again.id, slow.id]));
  // A list looks at the ends of each log alone, and tells the same.
  for (const { lastSeq: _, ...one } of jobs.filter(({ id }) => id.startsWith(job.id)))
    expect(await readJob(one.id)).toMatchObject(one);
});

test('what refuses a run is its result, and the pace is kept', async () => {
  const { customer } = await startRuns(12, failing, 'failed');
  const bulk = { action: 'unpause', filter: { 'attr.customer': customer }, perSecond: 5 };
  const job = await startJob(bulk);
  const ended = await whenJob(job.id, 'has ended', ({ status }) => status === 'completed');
  expect(ended.counts).toEqual({ done: 0, refused: 12, failed: 0 });
  const results = await resultsOf(job.id, '&outcome=refused');
  expect(new Set(results.map(({ code }) => code))).toEqual(new Set(['run_ended']));
  expect(await resultsOf(job.id, '&outcome=done')).toEqual([]);
  const log = await logOf(job.id);
  const at = (fits: (event: RunEvent) => boolean) => Date.parse(log.find(fits)?.at ?? '');
  const tookMs =
    at(({ type, agent }) => type === 'agent.completed' && agent === 'bulk-act') -
    at(({ type, agent }) => type === 'agent.started' && agent === 'bulk-act');
  // The first begins at once, the twelfth 2.2 s later.
  expect(tookMs).toBeGreaterThanOrEqual(2_100);
});

test('a paused job waits, goes on when it is unpaused, and forks each run once', async () => {
  const { customer, runs } = await startRuns(20, asking, 'waiting');
  const job = await startJob({
    action: 'fork',
    filter: { 'attr.customer': customer, status: ['waiting'] },
    perSecond: 5,
  });
  const startedAtMs = Date.now();
  await whenJob(job.id, 'is at work', (now) => finished(now) >= 3);
  expect((await api.post(`/v1/runs/${job.id}/pause`, {})).status).toBe(200);
  const paused = await whenJob(job.id, 'is paused', (now) => now.paused);
  const listed = async () => (await listedJobs()).find(({ id }) => id === job.id);
  expect(await listed()).toMatchObject({ paused: true, selected: { count: 20 }, action: 'fork' });
  // At its pace it would have ended by then.
  await until('five seconds have passed', () => Date.now() > startedAtMs + 5_000);
  expect(finished(await readJob(job.id))).toBeLessThan(20);
  expect(paused.status).not.toBe('completed');
  expect((await api.post(`/v1/runs/${job.id}/unpause`, {})).status).toBe(200);
  const ended = await whenJob(job.id, 'has ended', ({ status }) => status === 'completed');
  expect(ended.counts).toEqual({ done: 20, refused: 0, failed: 0 });
  const results = await resultsOf(job.id);
  expect(new Set(results.map(({ fork }) => fork)).size).toBe(20);
  for (const { run, fork } of results.slice(0, 3)) {
    expect(runs).toContain(run);
    const [started] = await logOf(fork ?? '');
    expect(started?.data['from']).toMatchObject({ run });
  }
  // The forks have the customer, too: all forty go.
  const cancelling = await startJob({
    action: 'cancel',
    reason: 'done',
    filter: { 'attr.customer': customer },
    perSecond: 50,
  });
  const gone = await whenJob(cancelling.id, 'has ended', ({ status }) => status === 'completed');
  expect(gone.counts).toEqual({ done: 40, refused: 0, failed: 0 });
  // A job has asked them all; a busy worker takes it a moment later.
  await expect
    .poll(async () => (await logOf(runs[0] ?? '')).at(-1), { timeout: endsWithinMs })
    .toMatchObject({ type: 'run.cancelled', data: { reason: 'done' } });
});

test('the command line shows what it would be, does it, follows it to its end, and lists what came of it', async () => {
  const { customer, runs } = await startRuns(6, failing, 'failed');
  const filter = ['status=failed', `attr.customer=${customer}`];
  expect(await baton('bulk', 'retry')).toMatchObject({ code: 2 });
  expect(await baton('bulk', 'retry', ...filter)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  const preview = await baton('bulk', 'retry', ...filter, '--dry-run');
  expect(preview).toMatchObject({ code: 0, out: expect.stringMatching(/^6 runs fit: 6 failed/) });
  expect(preview.out).toMatch(/to be repeated: 6 steps that had started/);
  const done = await baton('bulk', 'retry', ...filter, '--per-second', '20', '--yes');
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/bulk-retry-\w+ completed: 6 of 6\n$/) });
  const id = /bulk-retry-\w+/.exec(done.out)?.[0] ?? '';
  const listed = await baton('jobs', id, '--results', '--json');
  const results = listed.out.trim().split('\n');
  expect(results.map((line) => (JSON.parse(line) as JobResult).run).toSorted()).toEqual(runs.toSorted());
  expect((await baton('jobs')).out).toMatch(new RegExp(`${id} +completed +6 of 6`));
  // Nothing is paused: each refuses, and the exit code says so.
  const refused = await baton('bulk', 'unpause', ...filter, '--yes');
  expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/6 of 6, 6 refused\n.*run_ended/) });
});

test('a job that would be about everything must say so, a misspelt key is refused, and only ops start one', async () => {
  const errorOf = async (body: object) => (await api.post('/v1/jobs', body)).body;
  expect(await errorOf({ action: 'retry' })).toMatchObject({ status: 422, code: 'filter_needed' });
  expect(await errorOf({ action: 'retry', filter: { owner: '' } })).toMatchObject({ code: 'filter_needed' });
  expect(await errorOf({ action: 'retry', filter: { statsu: 'failed' } })).toMatchObject({
    code: 'invalid_request',
    field: 'filter.statsu',
  });
  expect(await errorOf({ action: 'reset', filter: { status: 'failed' } })).toMatchObject({ field: 'step' });
  const direct = await api.post('/v1/runs', { blueprint: 'baton-bulk', input: { action: 'retry' } });
  expect(direct.body).toMatchObject({ status: 422, code: 'invalid_input' });
  expect((await api.get('/v1/jobs/nothing')).body).toMatchObject({ code: 'run_not_found' });

  const guarded = await startTestGateway({
    worker: false,
    settings: { AUTH_TOKEN: 'olga:ops:ops-token-1,carl:client:client-token', LOG_LEVEL: 'error' },
  });
  try {
    const carl = new Api(guarded.url, 'client-token');
    const filter = { 'attr.customer': unique('nobody') };
    expect((await carl.post('/v1/jobs', { action: 'retry', filter })).body).toMatchObject({ code: 'forbidden' });
    const asRun = await carl.post('/v1/runs', { blueprint: 'baton-bulk', input: { action: 'retry', filter } });
    expect(asRun.body).toMatchObject({ status: 403, code: 'forbidden' });
    const { body } = await carl.get('/v1/blueprints');
    expect(body['items']).toContainEqual(expect.objectContaining({ name: 'baton-bulk', role: 'ops' }));
    const olga = new Api(guarded.url, 'ops-token-1');
    const started = await olga.post('/v1/jobs', { action: 'retry', filter });
    expect([started.status, started.body]).toMatchObject([201, { owner: 'olga', action: 'retry' }]);
  } finally {
    await guarded.stop();
  }
});
