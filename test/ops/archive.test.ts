/** The archive: what Temporal has forgotten is read, and goes on, as if it were there. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatonClient } from '../../client/client.ts';
import { unpackBundle } from '../../gateway/bundle/unpack-bundle.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { Api, startTestGateway, upTo, type Json, type TestGateway } from '../harness/gateway.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';

const keys = `one:${randomBytes(32).toString('base64')}`;
const tokens = 'ann:client:t-ann,bob:client:t-bob,olga:ops:t-olga';
const plainEmit = { script: [{ do: 'emit', count: 2 }] };

let temporal: OwnTemporal;
let gateway: TestGateway;
let ann: Api;
let bob: Api;
let olga: Api;
const apisOf = (url: string) => ['t-ann', 't-bob', 't-olga'].map((token) => new Api(url, token)) as [Api, Api, Api];
const archiveDir = () => `${gateway.baton.config.dataDir}-archive`;

beforeAll(async () => {
  temporal = await startOwnTemporal({
    // A deletion waits until the queues have written down how far they are: 30 s otherwise.
    'history.transferProcessorUpdateAckInterval': '1s',
    'history.visibilityProcessorUpdateAckInterval': '1s',
  });
  gateway = await startArchived(keys);
  [ann, bob, olga] = apisOf(gateway.url);
}, 90_000);

afterAll(async () => {
  const folder = archiveDir();
  await gateway.stop();
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startArchived(encryption: string): Promise<TestGateway> {
  const dataDir = join(temporal.dataDir, 'baton');
  return await startTestGateway({
    settings: {
      AUTH_TOKEN: tokens,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      BATON_DATA_DIR: dataDir,
      BATON_ARCHIVE_DIR: `${dataDir}-archive`,
      BATON_ARCHIVE_DELAY_SECONDS: '0',
      BATON_ENCRYPTION_KEYS: encryption,
      LOG_LEVEL: 'silent',
    },
  });
}

const archivedAs = (run: string, lastSeq: number) =>
  until(`run ${run} to be archived up to ${lastSeq}`, async () => {
    const { body } = await olga.get('/v1/archive?limit=500');
    return (body['items'] as Json[]).find((item) => item['id'] === run && item['lastSeq'] === lastSeq);
  });

/** What retention does, at once: Temporal forgets, and somebody has freed the disk. */
async function forget(run: string): Promise<void> {
  const { config } = gateway.baton;
  const client = connectTemporal(config, createDataConverter(config));
  const { namespace } = client.options;
  const query = `WorkflowId = '${run}'`;
  const executions = async () =>
    (await client.workflowService.listWorkflowExecutions({ namespace, query })).executions ?? [];
  for (const { execution } of await executions())
    await client.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: run, runId: execution?.runId ?? '' },
    });
  const isGone = async () => (await executions()).length === 0 && !(await isDescribed(client, run));
  await until(`Temporal to forget run ${run}`, isGone, 60_000);
  await client.connection.close();
  for (const kind of ['blobs', 'payloads']) await rm(join(config.dataDir, kind), { recursive: true, force: true });
}

async function isDescribed(client: Client, run: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(run).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** A page ends where an execution does. */
async function logOf(api: Api, run: string): Promise<RunEvent[]> {
  const log: RunEvent[] = [];
  for (;;) {
    const { body, status } = await api.get(`/v1/runs/${run}/events?limit=5000&after=${log.length}`);
    if (status !== 200 || 'gap' in body) throw new Error(`the log has a hole: ${JSON.stringify(body)}`);
    const events = body['events'] as RunEvent[];
    if (events.length === 0) return log;
    log.push(...events);
  }
}

async function everythingOf(api: Api, run: string) {
  const { body: state } = await api.get(`/v1/runs/${run}`);
  const events = await logOf(api, run);
  const { body: timeline } = await api.get(`/v1/runs/${run}/timeline`);
  const stream = await streamOf(run);
  const blobs: unknown[] = [];
  for (const { data } of events) {
    const { blob } = data as { blob?: { ref: string } };
    if (blob) blobs.push((await api.get(`/v1/runs/${run}/blobs/${blob.ref}`)).body);
  }
  return { state: { ...state, source: null }, events, timeline, stream, blobs };
}

async function streamOf(run: string): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/runs/${run}/stream`, { headers: { authorization: 'Bearer t-ann' } });
  return await response.text();
}

const cli = (...args: string[]) =>
  runProgram('client/cli/main.ts', args, { BATON_URL: gateway.url, BATON_TOKEN: 't-ann' });

/** Nothing in the memory of the gateway's feeds. */
async function anew(): Promise<void> {
  const { url } = await gateway.startSecond();
  [ann, bob, olga] = apisOf(url);
}

describe('a run past retention', () => {
  let run: string;
  let before: Awaited<ReturnType<typeof everythingOf>>;

  it('reads as before: state, events, stream, blobs, timeline; with what its later executions added', async () => {
    const large = { script: [{ do: 'emit', count: 1, bytes: 90_000 }], resultBytes: 100_000 };
    run = await ann.script([plainEmit, large]);
    await ann.eventsToEnd(run);
    await archivedAs(run, Number((await ann.get(`/v1/runs/${run}`)).body['lastSeq']));
    expect((await olga.post(`/v1/runs/${run}/retry`, {})).status).toBe(200);
    const { body } = await ann.get(`/v1/runs/${run}`);
    await ann.eventsToEnd(run, Number(body['lastSeq']));
    before = await everythingOf(ann, run);
    const { lastSeq } = before.state as Json;
    expect(await archivedAs(run, Number(lastSeq))).toMatchObject({ owner: 'ann', status: 'completed', firstSeq: 1 });
    expect(before.blobs.length).toBeGreaterThan(1);
    await forget(run);
    await anew();
    expect((await ann.get(`/v1/runs/${run}`)).body).toMatchObject({ source: 'archive', lastSeq });
    const { timeline: timelineNow, ...now } = await everythingOf(ann, run);
    const { timeline, ...then } = before;
    expect(now).toEqual(then);
    expect(timelineNow['steps']).toEqual(timeline['steps']);
    expect(now.events.map(({ seq }) => seq)).toEqual(upTo(Number(lastSeq)));
  });

  it('is nobody else’s, and the list of the archive shows to each what is its own', async () => {
    expect(await bob.get(`/v1/runs/${run}`)).toMatchObject({ status: 404 });
    const idsOf = async (api: Api, query = '') =>
      ((await api.get(`/v1/archive${query}`)).body['items'] as Json[]).map(({ id }) => id);
    expect(await idsOf(ann)).toContain(run);
    expect(await idsOf(bob)).toEqual([]);
    expect(await idsOf(bob, '?owner=ann')).toEqual([]);
    expect(await idsOf(olga, '?owner=ann&blueprint=script')).toContain(run);
    expect(await idsOf(olga, '?blueprint=other')).toEqual([]);
  });

  it('keeps its id: the same request again is the same run, another is refused, and nothing can be done to it twice', async () => {
    const { body } = await ann.get(`/v1/runs/${run}`);
    const same = { blueprint: 'script', id: run, input: before.events[0]?.data['input'] };
    expect(await ann.post('/v1/runs', same)).toMatchObject({ status: 200, body: { lastSeq: body['lastSeq'] } });
    expect(await ann.post('/v1/runs', { ...same, input: { steps: [plainEmit] } })).toMatchObject({ status: 409 });
    expect(await bob.post('/v1/runs', same)).toMatchObject({ status: 409, body: { code: 'id_taken' } });
    expect(await ann.post(`/v1/runs/${run}/cancel`, {})).toMatchObject({ status: 409, body: { code: 'run_ended' } });
  });

  it('is forked, and the original stays archived as it was', async () => {
    const forked = await olga.post(`/v1/runs/${run}/fork`, { step: 'scripted#2' });
    expect(forked).toMatchObject({ status: 201, body: { from: { run } } });
    await olga.eventsToEnd(String(forked.body['id']));
    expect((await ann.get(`/v1/runs/${run}`)).body).toMatchObject({ source: 'archive' });
  });

  it('is exported, to who may read it', async () => {
    const response = await fetch(`${gateway.url}/v1/runs/${run}/export`, {
      headers: { authorization: 'Bearer t-ann' },
    });
    expect(response.status).toBe(200);
    const folder = await mkdtemp(join(tmpdir(), 'baton-export-'));
    const file = join(folder, 'run.baton');
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    const { header, executions } = await unpackBundle(file, join(folder, 'unpacked'));
    expect(header).toMatchObject({ run });
    expect(executions).toHaveLength(2);
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on by a retry, a resume and the next message, under its id and in its log', async () => {
    const failing = [{ script: [{ do: 'fail', attempts: 9, code: 'invalid_input' }] }];
    const message = { input: { steps: [plainEmit] } };
    const cases = [
      { command: 'retry', body: {}, type: 'run.retried' },
      { command: 'resume', body: {}, type: 'run.reset' },
      { command: 'messages', body: message, type: 'run.continued' },
    ];
    const ended = await Promise.all(
      cases.map(async (each) => {
        const id = await ann.script(failing);
        const { length: lastSeq } = await ann.eventsToEnd(id);
        await archivedAs(id, lastSeq);
        return { ...each, id, lastSeq };
      }),
    );
    await Promise.all(ended.map(({ id }) => forget(id)));
    await anew();
    for (const { command, body, type, id, lastSeq } of ended) {
      expect((await ann.get(`/v1/runs/${id}`)).body).toMatchObject({ source: 'archive', status: 'failed', lastSeq });
      expect(await olga.post(`/v1/runs/${id}/${command}`, body), command).toMatchObject({ status: 200, body: { id } });
      await ann.eventsToEnd(id, lastSeq);
      const events = await logOf(ann, id);
      expect(events.map(({ seq }) => seq)).toEqual(upTo(events.length));
      expect(events[lastSeq]).toMatchObject({ type, data: { by: 'olga' } });
      await archivedAs(id, events.length);
    }
  });

  it('goes on after a reset, without a hole in its log, and its archive grows by what came', async () => {
    const lastSeq = Number((before.state as Json)['lastSeq']);
    const reset = await olga.post(`/v1/runs/${run}/reset`, { step: 'scripted#2' });
    expect(reset).toMatchObject({ status: 200, body: { id: run } });
    await ann.eventsToEnd(run, lastSeq);
    const events = await logOf(ann, run);
    expect(events.map(({ seq }) => seq)).toEqual(upTo(events.length));
    expect(events.slice(0, lastSeq)).toEqual(before.events);
    expect(events[lastSeq]).toMatchObject({ type: 'run.reset' });
    await archivedAs(run, events.length);
    await forget(run);
    await anew();
    expect(await logOf(ann, run)).toEqual(events);
  });

  it('is deleted for good with its owner', async () => {
    const own = await bob.script([plainEmit]);
    await bob.eventsToEnd(own);
    await archivedAs(own, Number((await bob.get(`/v1/runs/${own}`)).body['lastSeq']));
    await forget(own);
    const deleted = await olga.call('DELETE', '/v1/runs?owner=bob&all=1');
    expect(deleted.body).toMatchObject({ owner: 'bob', runs: [{ run: own, archived: true }] });
    expect((await olga.get('/v1/archive?owner=bob')).body).toEqual({ items: [], nextCursor: null });
    expect(await olga.get(`/v1/runs/${own}`)).toMatchObject({ status: 404 });
  });

  it('that was altered in the archive is refused, not told wrong', async () => {
    const [folder = ''] = (await readdir(join(archiveDir(), 'runs'))).filter((name) =>
      name.startsWith(run.slice(0, 20)),
    );
    await rm(join(archiveDir(), 'runs', folder, 'histories'), { recursive: true });
    await anew();
    expect(await olga.get(`/v1/runs/${run}/events`)).toMatchObject({ status: 500, body: { code: 'archive_damaged' } });
    expect((await olga.call('DELETE', `/v1/runs/${run}`)).body).toMatchObject({ archived: true });
    const { body } = await olga.get('/v1/archive?owner=ann&limit=500');
    expect((body['items'] as Json[]).map(({ id }) => id)).not.toContain(run);
  });
});

describe('a run past retention that was not archived', () => {
  it('is 410 to ops, whatever is done with it, and 404 to everybody else; what never was is 404', async () => {
    const id = await ann.script([plainEmit]);
    await ann.eventsToEnd(id);
    await archivedAs(id, Number((await ann.get(`/v1/runs/${id}`)).body['lastSeq']));
    await forget(id);
    await rm(archiveDir(), { recursive: true });
    await anew();
    // The gateway remembers for a few seconds what was archived.
    await until('the archive to be gone', async () => (await olga.get(`/v1/runs/${id}`)).status === 410);
    const gone = { status: 410, body: { code: 'run_expired' } };
    for (const path of ['', '/events', '/timeline', '/export'])
      expect(await olga.get(`/v1/runs/${id}${path}`), path).toMatchObject(gone);
    for (const command of ['retry', 'resume', 'fork', 'unpause', 'retry-step', 'terminate'])
      expect(await olga.post(`/v1/runs/${id}/${command}`, {}), command).toMatchObject(gone);
    expect(await olga.post(`/v1/runs/${id}/reset`, { step: 'scripted#1' })).toMatchObject(gone);
    expect(await ann.get(`/v1/runs/${id}`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    expect(await olga.get('/v1/runs/never-was')).toMatchObject({ status: 404, body: { code: 'run_not_found' } });

    expect((await olga.call('DELETE', `/v1/runs/${id}`)).status).toBe(200);
    expect(await olga.get(`/v1/runs/${id}`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });
});

describe('the list of the archive on the command line', () => {
  it('goes page by page, and says where the next one begins', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => ann.script([plainEmit])));
    for (const id of ids) await archivedAs(id, (await ann.eventsToEnd(id)).length);
    const client = new BatonClient({ url: gateway.url, token: 't-ann' });
    const first = await client.archivePage({ limit: 2, blueprint: 'script' });
    const second = await client.archivePage({ limit: 2, cursor: first.nextCursor ?? '' });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null]);
    const all: string[] = [];
    for await (const { id } of client.archive({ owner: 'ann' })) all.push(id);
    client.close();
    expect(all.toSorted()).toEqual(ids.toSorted());
    expect(all).toEqual([...first.items, ...second.items].map(({ id }) => id));

    const page = await cli('archive', '-n', '2');
    expect(page.code).toBe(0);
    expect(page.out).toContain(all[0]);
    expect(page.out).toContain(`more: --cursor ${first.nextCursor}`);
    const lines = (await cli('archive', '--all', '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Json)['id'])).toEqual(all);
  });
});

it('the archiver is no run in any list, and nobody can take its name', async () => {
  const { body } = await olga.get('/v1/runs?limit=500');
  expect((body['items'] as Json[]).filter(({ id }) => String(id).startsWith('baton:'))).toEqual([]);
  const taken = await ann.post('/v1/runs', {
    blueprint: 'script',
    id: 'baton:archiver',
    input: { steps: [plainEmit] },
  });
  expect(taken).toMatchObject({ status: 422, body: { code: 'reserved_id' } });
});

it('without an archive its list says that there is none', async () => {
  const { config } = gateway.baton;
  const other = await startTestGateway({
    worker: false,
    settings: { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: config.TEMPORAL_NAMESPACE },
  });
  try {
    expect(await new Api(other.url).get('/v1/archive')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  } finally {
    await other.stop();
  }
});
