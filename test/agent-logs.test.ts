/** Logs of agents, from an agent in one process over a gateway in another to the client. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BatonClient, type LogLine } from '../client/index.ts';
import { agentLogAttemptLines } from '../protocol/limits.ts';
import { Api, startTestGateway } from './harness/gateway.ts';
import { startParts, writeBundle, type Parts } from './harness/part.ts';
import { temporalAddress, temporalNamespace, unique } from './harness/temporal-server.ts';
import { until } from './harness/until.ts';

const tokens = { ann: 't-ann', ben: 't-ben', olga: 't-olga' };
let root: string;
let parts: Parts;
let environment: Record<string, string>;
let ann: Api;
let ben: Api;
let olga: Api;
let client: BatonClient;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-lines-'));
  environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_DATA_DIR: join(root, 'data'),
    BATON_TASK_QUEUE: unique('lines'),
    BATON_PORT: '0',
    LOG_LEVEL: 'silent',
    AUTH_TOKEN: `ann:client:${tokens.ann},ben:client:${tokens.ben},olga:ops:${tokens.olga}`,
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  parts = await startParts(environment);
  const url = `http://127.0.0.1:${parts.gateway.port}`;
  [ann, ben, olga] = [new Api(url, tokens.ann), new Api(url, tokens.ben), new Api(url, tokens.olga)];
  client = new BatonClient({ url, token: tokens.olga });
});
afterAll(async () => {
  client.close();
  await parts.stop();
  await rm(root, { recursive: true, force: true });
});

const log = (level: LogLine['level'], message: string, more: object = {}) => ({ do: 'log', level, message, ...more });

/** Every line of the run, when there are as many. */
async function linesOf(run: string, count: number): Promise<LogLine[]> {
  await until(`${count} lines of ${run}`, async () => (await client.logs(run, { limit: 1_000 })).items.length >= count);
  return (await client.logs(run, { limit: 1_000 })).items;
}

test('what an agent logs in another process is read by run, from a level on, of a step', async () => {
  const run = await ann.script([
    {
      script: [
        log('debug', 'looking'),
        log('warn', 'odd', { fields: { url: 'http://a.example/', token: 'secret-tern' } }),
      ],
    },
    { script: [log('error', 'broken'), { do: 'fail', attempts: 1 }] },
  ]);
  await ann.eventsToEnd(run);
  const lines = await linesOf(run, 5);
  expect(lines.map(({ step, attempt, level, message }) => [step, attempt, level, message])).toEqual([
    ['scripted#1', 1, 'debug', 'looking'],
    ['scripted#1', 1, 'warn', 'odd'],
    ['scripted#2', 1, 'error', 'broken'],
    ['scripted#2', 1, 'warn', 'the attempt failed'],
    ['scripted#2', 2, 'error', 'broken'],
  ]);
  expect(lines[1]).toMatchObject({ run, agent: 'scripted', fields: { url: 'http://a.example/', token: '[redacted]' } });
  const errors = await client.logs(run, { level: 'error', step: 'scripted#2' });
  expect(errors.items.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(await client.logs(run, { step: 'scripted#3' })).toMatchObject({ items: [], available: true });
  expect(await olga.get(`/v1/runs/${run}/logs?level=loud`)).toMatchObject({ status: 422 });
  expect(await olga.get(`/v1/runs/${run}/logs?after=x`)).toMatchObject({ status: 422 });
});

test('pages lose none and have none twice, over a run and over all of them', async () => {
  const run = await ann.script([{ script: [log('info', 'said', { count: agentLogAttemptLines })] }]);
  await ann.eventsToEnd(run);
  const lines = await linesOf(run, 901);
  expect(lines).toHaveLength(901);
  expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { leftOut: 100 } });
  const ids = lines.map(({ id }) => id);
  const forward: number[] = [];
  for (let after = 0, more = true; more;) {
    const page = await client.logs(run, { after, limit: 97 });
    forward.push(...page.items.map(({ id }) => id));
    more = page.items.length > 0;
    after = page.next;
  }
  expect(forward).toEqual(ids);
  const backward: number[] = [];
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
    const page = await client.systemLogs({ before, limit: 97, run });
    backward.unshift(...page.items.map(({ id }) => id));
    before = page.previous;
  }
  expect(backward).toEqual(ids);
  const { items, next } = await client.systemLogs({ limit: 1, agent: 'scripted' });
  expect(items).toHaveLength(1);
  expect((await client.systemLogs({ after: next })).items).toEqual([]);
});

test('whose run it is not reads none of it, and who is not ops not those of all', async () => {
  const run = await ann.script([{ script: [log('info', 'mine')] }]);
  await ann.eventsToEnd(run);
  await linesOf(run, 1);
  expect(await ann.get(`/v1/runs/${run}/logs`)).toMatchObject({ status: 200, body: { items: [{ message: 'mine' }] } });
  expect(await ben.get(`/v1/runs/${run}/logs`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  expect(await ann.get('/v1/system/logs')).toMatchObject({ status: 403 });
  expect(await olga.get('/v1/runs/no-such-run/logs')).toMatchObject({ status: 404 });
});

test('a run that is deleted leaves no line, also not what an agent logs late', { timeout: 120_000 }, async () => {
  const run = await ann.script([{ script: [log('info', 'early'), { do: 'hold' }] }]);
  await linesOf(run, 1);
  const { body } = await olga.call('DELETE', `/v1/runs/${run}?terminate=1`);
  expect(body).toMatchObject({ run, logLines: 1 });
  // A server that is not tuned deletes what has ended just now once its queues say how far they are.
  await until('it to be gone', async () => (await olga.get(`/v1/runs/${run}/logs`)).status === 404, 90_000);
  await until('its lines to be gone', async () => (await client.systemLogs({ run })).items.length === 0);
});

test('a gateway whose data folder no worker shares says that it has none, and why', async () => {
  const alone = await startTestGateway({
    worker: false,
    settings: { ...environment, BATON_DATA_DIR: join(root, 'other'), LOG_LEVEL: 'error' },
  });
  const off = await startTestGateway({
    worker: false,
    settings: { ...environment, BATON_DATA_DIR: join(root, 'third'), BATON_AGENT_LOGS: 'off', LOG_LEVEL: 'error' },
  });
  try {
    const reasonOf = async (url: string) => (await new Api(url, tokens.olga).get('/v1/system/logs')).body;
    expect(await reasonOf(alone.url)).toMatchObject({
      items: [],
      available: false,
      reason: expect.stringContaining('no worker writes into the data folder') as unknown,
    });
    expect(await reasonOf(off.url)).toMatchObject({
      available: false,
      reason: expect.stringContaining('BATON_AGENT_LOGS is off') as unknown,
    });
  } finally {
    await alone.stop();
    await off.stop();
  }
});
