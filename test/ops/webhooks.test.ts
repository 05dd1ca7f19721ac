/** Webhooks: a receiver that fails, is down, is slow; a worker that is killed in between; what goes on is told on. */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { Api } from '../harness/gateway.ts';
import { startParts, writeBundle, type Parts } from '../harness/part.ts';
import { temporalAddress, temporalNamespace, unique } from '../harness/temporal-server.ts';
import { until } from '../harness/until.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const withinMs = 90_000;
const secret = Buffer.alloc(32, 9).toString('base64');

interface Posted {
  id: string;
  path: string;
  type: string;
  data: { run: string; seq: number; link: string; answerLink?: string; event: RunEvent };
  isSigned: boolean;
  answered: number;
}

/** `answer` decides on each post, by its body and how often its id has come. */
class Receiver {
  readonly posts: Posted[] = [];
  answer: (post: Posted, times: number) => number | Promise<number> = () => 204;
  private server = createServer();
  port = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void read(request).then(async (body) => {
        const { type, data } = JSON.parse(body) as Pick<Posted, 'type' | 'data'>;
        const header = (name: string) => String(request.headers[`webhook-${name}`]);
        const signed = createHmac('sha256', Buffer.from(secret, 'base64'))
          .update(`${header('id')}.${header('timestamp')}.${body}`)
          .digest('base64');
        const isSigned = header('signature') === `v1,${signed}`;
        const post = { id: header('id'), path: request.url ?? '', type, data, isSigned, answered: 0 };
        this.posts.push(post);
        post.answered = await this.answer(post, this.posts.filter(({ id }) => id === post.id).length);
        response.writeHead(post.answered).end();
      });
    });
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => void this.server.close(resolve));
  }

  of(run: string, path = '/all'): Posted[] {
    return this.posts.filter((post) => post.data.run === run && post.path === path);
  }

  /** What was taken, each once. */
  taken(run: string, path?: string): string[] {
    const good = this.of(run, path).filter(({ answered }) => answered === 204);
    return [...new Map(good.map(({ id, type }) => [id, `${id.slice(run.length + 1)} ${type}`])).values()];
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

const receiver = new Receiver();
let dataDir: string;
let parts: Parts;
let api: Api;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-webhooks-'));
  await receiver.start();
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_DATA_DIR: dataDir,
    BATON_TASK_QUEUE: unique('told'),
    BATON_PORT: '0',
    BATON_PUBLIC_URL: 'https://baton.example/',
    BATON_WEBHOOK_URL: `http://127.0.0.1:${receiver.port}/all`,
    BATON_WEBHOOK_SECRET: `whsec_${secret}`,
    BATON_WEBHOOK_ALLOW_PRIVATE: '1',
    LOG_LEVEL: 'error',
    TEST_BUNDLE_FILE: await writeBundle(),
  };
  parts = await startParts(environment);
  api = new Api(`http://127.0.0.1:${parts.gateway.port}`);
});
afterAll(async () => {
  await Promise.all([parts.stop(), receiver.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

async function start(steps: unknown[], more: object = {}): Promise<string> {
  const id = unique('told-run');
  const started = await api.post('/v1/runs', { blueprint: 'script', id, input: { steps }, ...more });
  expect([started.status, started.body]).toMatchObject([201, {}]);
  return id;
}
/** A page ends where an execution of the run does. */
async function logOf(run: string): Promise<RunEvent[]> {
  const log: RunEvent[] = [];
  for (;;) {
    const { body } = await api.get(`/v1/runs/${run}/events?limit=5000&after=${log.at(-1)?.seq ?? 0}`);
    const page = body['events'] as RunEvent[];
    if (page.length === 0) return log;
    log.push(...page);
  }
}
const expectedOf = (log: RunEvent[]) =>
  log
    .filter(({ type }) =>
      /^question\.(asked|expired)$|^run\.(completed|failed|cancelled|terminated|timed_out)$/.test(type),
    )
    .map(({ seq, type }) => `${seq} ${type}`);
const told = (run: string, type: string, count = 1) =>
  until(
    `${run} is told ${type}`,
    async () => receiver.taken(run).filter((line) => line.endsWith(type)).length >= count,
    withinMs,
  );

/** In order, without one that came before it was its turn; what comes twice has the id that it had. */
function expectOrder(run: string, path = '/all'): void {
  const seqs = receiver.of(run, path).map(({ data }) => data.seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  for (const { id, data, isSigned } of receiver.of(run, path))
    expect([id, isSigned]).toEqual([`${run}:${data.seq}`, true]);
}

const asking = [{ script: [{ do: 'ask' }] }];
const quick = [{ script: [] }];
const failing = [{ script: [{ do: 'fail', attempts: 9, code: 'agent_failed' }] }];

async function answerQuestion(run: string): Promise<void> {
  const question = await until(
    'a question is open',
    async () => {
      const { body } = await api.get(`/v1/runs/${run}`);
      return (body['questions'] as { id: string }[] | undefined)?.[0] ?? null;
    },
    withinMs,
  );
  const { status } = await api.post(`/v1/runs/${run}/questions/${question.id}/answer`, { answer: { yes: true } });
  expect([200, 202]).toContain(status);
}

test('a question and the end are told in order, signed, with links; lists show nothing of those who tell', async () => {
  const run = await start(asking);
  await told(run, 'question.asked');
  const [asked] = receiver.of(run) as [Posted];
  expect(asked.data.link).toBe(`https://baton.example/v1/runs/${run}`);
  const { question } = asked.data.event.data as { question: { id: string } };
  expect(asked.data.answerLink).toBe(`https://baton.example/v1/runs/${run}/questions/${question.id}/answer`);
  await answerQuestion(run);
  await told(run, 'run.completed');
  expect(receiver.taken(run)).toEqual(expectedOf(await logOf(run)));
  expectOrder(run);
  const { body } = await api.get('/v1/runs?limit=500');
  const ids = (body['items'] as { id: string }[]).map((item) => item.id);
  expect(ids).toContain(run);
  expect(ids.filter((name) => name.startsWith('tell/'))).toEqual([]);
});

test('a receiver that fails gets the same event until it takes it, and nothing else before', async () => {
  receiver.answer = (post, times) => (post.type === 'run.failed' && times < 4 ? 500 : 204);
  const run = await start(failing);
  await told(run, 'run.failed');
  receiver.answer = () => 204;
  expect(receiver.of(run).map(({ answered }) => answered)).toEqual([500, 500, 500, 204]);
  expectOrder(run);
});

test('what a run does after its end is told on, each event once', async () => {
  const run = await start(failing);
  await told(run, 'run.failed');
  for (const round of [2, 3]) {
    const { status } = await api.post(`/v1/runs/${run}/retry`, {});
    expect(status).toBeLessThan(300);
    await told(run, 'run.failed', round);
  }
  // Who tells may be ahead of the gateway.
  const log = await until(
    'the gateway has read it, too',
    async () => {
      const lines = expectedOf(await logOf(run));
      return lines.length === 3 ? lines : null;
    },
    withinMs,
  );
  expect(receiver.taken(run)).toEqual(log);
  expect(receiver.of(run)).toHaveLength(3);
});

test('the same start again tells nothing again', async () => {
  const id = unique('told-run');
  const body = { blueprint: 'script', id, input: { steps: quick } };
  expect((await api.post('/v1/runs', body)).status).toBe(201);
  await told(id, 'run.completed');
  expect((await api.post('/v1/runs', body)).status).toBe(200);
  const other = await start(quick);
  await told(other, 'run.completed');
  expect(receiver.of(id)).toHaveLength(1);
});

test('a receiver that is down, and a worker that is killed while a post is under way: all is told, in order', async () => {
  const runs = await Promise.all(Array.from({ length: 5 }, () => start(asking)));
  await Promise.all(runs.map((run) => told(run, 'question.asked')));
  await receiver.stop();
  await Promise.all(runs.map((run) => answerQuestion(run)));
  await Promise.all(
    runs.map((run) => until(`${run} ends`, async () => (await logOf(run)).at(-1)?.type === 'run.completed', withinMs)),
  );
  // Slow from now on: the worker dies while it waits for the answer.
  let isSlow = true;
  receiver.answer = async () => {
    await until('the receiver may answer', async () => !isSlow, withinMs);
    return 204;
  };
  await receiver.start();
  await until('a post is under way', async () => receiver.posts.some(({ answered }) => answered === 0), withinMs);
  await parts.worker.kill();
  isSlow = false;
  await parts.worker.start();
  await Promise.all(runs.map((run) => told(run, 'run.completed')));
  receiver.answer = () => 204;
  for (const run of runs) {
    expect(receiver.taken(run)).toEqual(expectedOf(await logOf(run)));
    expectOrder(run);
  }
});

test('a run has a webhook of its own beside the operator, and one that is refused', async () => {
  const run = await start(quick, { webhook: { url: `http://127.0.0.1:${receiver.port}/own` } });
  await until(
    'both are told',
    async () => receiver.taken(run, '/own').length + receiver.taken(run).length === 2,
    withinMs,
  );
  expectOrder(run, '/own');
  for (const url of ['ftp://hooks.example/', 'hooks', ''])
    expect((await api.post('/v1/runs', { blueprint: 'script', input: {}, webhook: { url } })).status).toBe(422);
});
