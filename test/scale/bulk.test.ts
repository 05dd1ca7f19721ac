/**
 * Failed runs of four causes among many good ones: found, counted and grouped in time; those of two causes retried by a
 * job whose worker and Temporal server are killed on the way.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createCommands, type Commands } from '../../gateway/create-engine.ts';
import { startRun } from '../../gateway/runs/start-run.ts';
import { bulkInFlight } from '../../protocol/limits.ts';
import type { FailureGroup } from '../../protocol/schemas/runs-query.ts';
import type { Job, JobResult } from '../../protocol/schemas/jobs.ts';
import { readConfig } from '../../runtime/config.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { anonymous } from '../harness/baton.ts';
import { Api } from '../harness/gateway.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { readLog } from '../harness/read-log.ts';
import { testBlueprints } from '../harness/test-blueprints.ts';
import { startingContext } from '../harness/starting-context.ts';
import { rounds, testSize } from '../harness/test-size.ts';
import { until } from '../harness/until.ts';

const runs = rounds(80, 100_000);
/** A tenth of them in full size. */
const perCause = rounds(10, 2_500);
const perSecond = rounds(8, 50);
/** Open at once while they are made: who begins them faster than they end only makes them wait, and the server slow. */
const openAtOnce = rounds(10, 48);
const readAtOnce = 16;
/** What a page, a count and the groups may take; small, the machine may be busy with other tests. */
const answerMaxMs = rounds(5_000, 1_000);
const endsWithinMs = rounds(2, 120) * 60_000;

vi.setConfig({ testTimeout: rounds(5, 240) * 60_000, hookTimeout: 120_000 });

const log = createLog('test', 'silent');

let temporal: OwnTemporal;
let parts: Parts;
let commands: Commands;
let api: Api;
let dataDir: string;
let environment: Record<string, string>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-many-'));
  temporal = await startOwnTemporal();
  environment = {
    TEMPORAL_ADDRESS: temporal.address,
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: 'many',
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  parts = await startParts(environment);
  api = new Api(`http://127.0.0.1:${parts.gateway.port}`);
  commands = await createCommands(readConfig(environment), {
    bus: inProcessBus(),
    log,
    folders: testBlueprints,
  });
});
afterAll(async () => {
  await commands.close();
  await parts.stop();
  await temporal.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const good = { script: [{ do: 'progress', fraction: 1, message: 'done' }] };
const failing = (code: string) => ({ script: [{ do: 'fail', attempts: 9, code }] });
/** `code step` → the steps that fail so. Those of the second step are retried. */
const causes: Readonly<Record<string, unknown[]>> = {
  'agent_failed scripted#1': [failing('agent_failed')],
  'mcp_tool_failed scripted#1': [failing('mcp_tool_failed')],
  'agent_failed scripted#2': [good, failing('agent_failed')],
  'step_failed scripted#2': [good, failing('step_failed')],
};

async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const workOff = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, workOff));
}

function onlyFailed(error: unknown): void {
  if (!(error instanceof WorkflowFailedError)) throw error;
}

async function timed<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const beganAt = performance.now();
  const answer = await ask();
  const tookMs = performance.now() - beganAt;
  console.log(`${what}: ${Math.round(tookMs)} ms`);
  expect(tookMs, what).toBeLessThan(answerMaxMs);
  return answer;
}

const get = async (path: string) => {
  const { status, body } = await api.get(path);
  expect([path, status]).toEqual([path, 200]);
  return body;
};
const countOf = async (query: string) => Number((await get(`/v1/runs/count?blueprint=script${query}`))['total']);
const untilAllHaveEnded = () =>
  until('all to have ended', async () => (await countOf('&status=completed,failed')) === runs, endsWithinMs, 1_000);
const finished = ({ counts }: Job) => counts.done + counts.refused + counts.failed;

/** While the server is away the gateway says so. */
async function jobOnceItAnswers(id: string): Promise<Job | null> {
  const { status, body } = await api.get(`/v1/jobs/${id}`);
  return status === 200 ? (body as unknown as Job) : null;
}
const whenFinished = (id: string, count: number) =>
  until(
    `${count} runs of ${id}`,
    async () => {
      const job = await jobOnceItAnswers(id);
      return job && finished(job) >= count ? job : null;
    },
    endsWithinMs,
    100,
  );

test(`among ${runs} runs ${4 * perCause} have failed: they are found, counted and grouped in time`, async () => {
  const failed = Object.values(causes).flatMap((steps) => Array.from({ length: perCause }, () => steps));
  const rest = Array.from({ length: runs - failed.length }, () => [good]);
  // Mixed: one that fails after every few good ones.
  const every = runs / failed.length;
  const all = Array.from({ length: runs }, (_, index) => (index % every === 0 ? failed.pop() : rest.pop()) ?? [good]);
  const starting = await startingContext(environment);
  const beganAt = performance.now();
  await eachOf(all, openAtOnce, async (steps) => {
    const { run } = await startRun(starting, { blueprint: 'script', input: { steps } }, anonymous);
    await starting.client.workflow.getHandle(run).result().catch(onlyFailed);
  });
  await untilAllHaveEnded();
  const seconds = (performance.now() - beganAt) / 1_000;
  await starting.client.connection.close();
  console.log(`${runs} runs in ${Math.round(seconds)} s, ${Math.round(runs / seconds)} a second`);

  const page = await timed('a page', () => get('/v1/runs?status=failed&limit=100'));
  expect((page['items'] as unknown[]).length).toBe(Math.min(100, 4 * perCause));
  if (page['nextCursor'] !== null)
    await timed('the next page', () => get(`/v1/runs?status=failed&limit=100&cursor=${String(page['nextCursor'])}`));
  const some = await timed('a page of one cause', () => get('/v1/runs?code=step_failed&step=scripted%232&limit=100'));
  expect((some['items'] as unknown[]).length).toBe(Math.min(100, perCause));
  const count = await timed('the count', () => get('/v1/runs/count?blueprint=script'));
  expect(count['byStatus']).toEqual({ completed: runs - 4 * perCause, failed: 4 * perCause });
  const groups = await timed('the groups', () => get('/v1/runs/groups'));
  const told = (groups['items'] as FailureGroup[]).map((group) => [`${group.code} ${group.step}`, group.count]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(Object.keys(causes).map((cause) => [cause, perCause])));
});

test(`${2 * perCause} of them are retried once each, though worker and Temporal server are killed`, async () => {
  const retried = 2 * perCause;
  const bulk = { action: 'retry', filter: { status: ['failed'], step: 'scripted#2' }, perSecond };
  const { body: preview } = await api.post('/v1/jobs?dryRun=1', bulk);
  expect(preview['count']).toBe(retried);
  const beganAtMs = Date.now();
  const { status, body } = await api.post('/v1/jobs', bulk);
  expect(status).toBe(201);
  const id = String(body['id']);
  await whenFinished(id, Math.floor(retried / 4));
  await parts.worker.kill();
  await parts.worker.start();
  await whenFinished(id, Math.floor(retried / 2));
  await temporal.kill();
  await temporal.restart();
  await whenFinished(id, retried);
  const job = await until(
    'the end of the job',
    async () => {
      const now = await jobOnceItAnswers(id);
      return now?.status === 'completed' ? now : null;
    },
    endsWithinMs,
  );
  expect(job.counts).toEqual({ done: retried, refused: 0, failed: 0 });
  console.log(
    `${retried} runs retried in ${Math.round((Date.now() - beganAtMs) / 1_000)} s, ${perSecond} a second asked for`,
  );

  const results: JobResult[] = [];
  for (let cursor: string | null = '0'; cursor !== null;) {
    const page = await get(`/v1/jobs/${id}/results?limit=1000&cursor=${cursor}`);
    results.push(...(page['items'] as JobResult[]));
    cursor = page['nextCursor'] as string | null;
  }
  expect(results).toHaveLength(retried);
  expect(new Set(results.map(({ run }) => run)).size).toBe(retried);
  const odd: unknown[] = [];
  const beganAt: number[] = [];
  await eachOf(results, readAtOnce, async ({ run }) => {
    const events = (await readLog(commands, run)).filter(({ type }) => type === 'run.retried');
    const [first] = events;
    if (events.length !== 1 || first?.data['from'] !== id) odd.push({ run, events });
    else beganAt.push(Date.parse(first.at));
  });
  expect(odd).toEqual([]);
  // Those that were under way while the server was down all go at once.
  expect(most(beganAt, 1_000), 'in any second').toBeLessThanOrEqual(perSecond * 1.25 + bulkInFlight + 1);
  // They have failed as before: nothing else went on.
  await untilAllHaveEnded();
  expect(await countOf('&status=failed')).toBe(4 * perCause);
  if (testSize === 'full') await timed('the groups afterwards', () => get('/v1/runs/groups'));
});

/** How many of these moments lie within so many milliseconds at most. */
function most(moments: readonly number[], withinMs: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  let found = 0;
  sorted.forEach((at, last) => {
    while (at - (sorted[first] ?? at) >= withinMs) first++;
    found = Math.max(found, last - first + 1);
  });
  return found;
}
