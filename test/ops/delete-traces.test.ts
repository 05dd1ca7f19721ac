/** After a deletion nothing tells of the run any more: no history, no list, no file. Searched for words that were planted in it. */
import { createServer, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { openKnowledge } from '../../stores/knowledge/knowledge.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { startOwnTemporal, type OwnTemporal } from '../harness/own-temporal.ts';
import { until } from '../harness/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const withinMs = 60_000;
const { History } = proto.temporal.api.history.v1;
const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;

let root: string;
let temporal: OwnTemporal;
let receiver: Server;
let gateway: TestGateway;
let client: Client;
let ops: Api;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-traces-'));
  temporal = await startOwnTemporal({ 'history.transferProcessorUpdateAckInterval': '200ms' });
  // It takes nothing, so whoever tells it is still at it when the run is deleted.
  receiver = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  gateway = await startTestGateway({
    settings: {
      LOG_LEVEL: 'error',
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      BATON_DATA_DIR: join(root, 'data'),
      BATON_ARCHIVE_DIR: join(root, 'archive'),
      BATON_ARCHIVE_DELAY_SECONDS: '0',
      BATON_WEBHOOK_URL: hook('all'),
      BATON_WEBHOOK_SECRET: Buffer.alloc(32, 7).toString('base64'),
      BATON_WEBHOOK_ALLOW_PRIVATE: '1',
    },
  });
  const { config } = gateway.baton;
  client = connectTemporal(config, createDataConverter(config));
  ops = new Api(gateway.url);
});
afterAll(async () => {
  await client.connection.close();
  await gateway.stop();
  receiver.closeAllConnections();
  receiver.close();
  await temporal.stop();
  await rm(root, { recursive: true, force: true });
});

const hook = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${path}`;

/** Of every execution that the namespace has: what lists show of it, and its history. */
async function temporalTexts(): Promise<Map<string, string>> {
  const { namespace } = client.options;
  const texts = new Map<string, string>();
  let nextPageToken = new Uint8Array();
  do {
    const page = await client.workflowService.listWorkflowExecutions({ namespace, pageSize: 100, nextPageToken });
    for (const info of page.executions ?? []) {
      const { workflowId = '', runId = '' } = info.execution ?? {};
      const execution = { workflowId, runId };
      const answer = await client.workflowService
        .getWorkflowExecutionHistory({ namespace, execution })
        .catch(() => ({ history: null }));
      const bytes = [WorkflowExecutionInfo.encode(info).finish(), History.encode(answer.history ?? {}).finish()];
      texts.set(`${workflowId}/${runId}`, Buffer.concat(bytes).toString('latin1'));
    }
    nextPageToken = new Uint8Array(page.nextPageToken ?? []);
  } while (nextPageToken.length > 0);
  return texts;
}

async function fileTexts(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const bytes = entry.isFile() ? await readFile(path).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
    texts.set(path, `${path}\n${bytes.toString('latin1')}`);
  }
  return texts;
}

/** Places that have the word, whatever its case. */
async function placesOf(word: string): Promise<string[]> {
  const texts = [...(await temporalTexts()), ...(await fileTexts())];
  return texts.flatMap(([place, text]) => (text.toLowerCase().includes(word) ? [place] : []));
}

function crawl(run: string, word: string): void {
  const now = new Date().toISOString();
  const knowledge = openKnowledge(gateway.baton.config.dataDir);
  const state = knowledge.claimCrawl({ run, step: 'crawler#1' }, null, { workId: 'once' });
  const url = `http://site.test/${run}`;
  state.stagePages([{ n: 0, url, title: 'Bird', chunks: [{ text: `the ${word} stands`, words: 3 }] }], 70, now);
  while (state.indexStaged(now) > 0);
  state.publish({ owner: null, url, title: 'Bird', run, tags: [], now }, () => ({ set: { result: '{}' } }));
  knowledge.close();
}

/** One word for each way into a run; the run itself is called so, too. */
const words = (bird: string) => ({
  id: `${bird}-run`,
  input: `${bird}customer`,
  event: `${bird}kind`,
  update: `${bird}update`,
  large: `${bird}large`,
  question: `${bird}question`,
  hook: `${bird}hook`,
  reason: `${bird}reason`,
  crawled: `${bird}crawled`,
  logged: `${bird}logged`,
});
type Words = ReturnType<typeof words>;

/** Retried once, so that it has two executions; the second is asked something and cancelled with a reason. */
async function live({
  id,
  input,
  event,
  update,
  large,
  question,
  hook: path,
  reason,
  crawled,
  logged,
}: Words): Promise<void> {
  // The input leaves the history, and the checkpoint is a blob.
  const filler = `${large} `.repeat(4_000);
  const steps = [
    {
      script: [
        { do: 'emit', count: 2, kind: event },
        { do: 'update', update: { text: `${update} `.repeat(2_000) } },
      ],
    },
    {
      script: [
        { do: 'checkpoint', value: filler },
        { do: 'log', level: 'info', message: logged },
        { do: 'ask', question: { kind: 'test', message: question } },
      ],
    },
  ];
  const start = { blueprint: 'script', id, input: { steps, customer: input }, webhook: { url: hook(path) } };
  expect((await ops.post('/v1/runs', start)).status).toBe(201);
  const first = await ops.eventsUntil(id, ({ type }) => type === 'question.asked');
  await ops.post(`/v1/runs/${id}/cancel`, { reason });
  const { length } = await ops.eventsToEnd(id, first.length);
  expect((await ops.post(`/v1/runs/${id}/retry`)).status).toBe(200);
  const again = await ops.eventsUntil(id, ({ type }) => type === 'question.asked', first.length + length);
  await ops.post(`/v1/runs/${id}/cancel`, { reason });
  await ops.eventsToEnd(id, again.at(-1)?.seq);
  crawl(id, crawled);
}

test('no word that was in a run is found anywhere once it is deleted, and another run keeps all of its own', async () => {
  const [gone, kept] = [words('kestrel'), words('curlew')];
  await live(gone);
  await live(kept);
  for (const { id } of [gone, kept])
    await until(
      `${id} to be archived`,
      async () => {
        const { body } = await ops.get('/v1/archive');
        const found = (body['items'] as { id: string; lastSeq: number }[]).find((item) => item.id === id);
        return found?.lastSeq === (await ops.get(`/v1/runs/${id}`)).body['lastSeq'];
      },
      withinMs,
    );
  for (const to of ['operator', 'run'])
    for (const { id } of [gone, kept]) {
      const teller = await client.workflow.getHandle(`tell/${to}/${id}`).describe();
      expect(teller.status.name).toBe('RUNNING');
    }
  const isEncrypted = gateway.baton.config.BATON_ENCRYPTION_KEYS !== undefined;
  const openWords = ({ id, input, crawled }: Words) => [id, input, crawled];
  const searched = (all: Words) => (isEncrypted ? openWords(all) : Object.values(all));
  for (const word of [...searched(gone), ...searched(kept)])
    expect((await placesOf(word)).length, word).toBeGreaterThan(0);

  const { status, body } = await ops.call('DELETE', `/v1/runs/${gone.id}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { executions: 2, archived: true, sources: 1 } });
  await until(
    'nothing tells of it',
    async () => (await Promise.all(Object.values(gone).map((word) => placesOf(word)))).flat().length === 0,
    withinMs,
  ).catch(async (error: unknown) => {
    const left = await Promise.all(Object.values(gone).map(async (word) => [word, await placesOf(word)] as const));
    throw new Error(JSON.stringify(left.filter(([, places]) => places.length > 0)), { cause: error });
  });
  for (const word of searched(kept)) expect((await placesOf(word)).length, word).toBeGreaterThan(0);
  expect(await ops.get(`/v1/knowledge/search?q=${gone.crawled}`)).toMatchObject({ body: { items: [] } });
});
