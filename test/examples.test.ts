/** The examples of docs/how-to, run: an agent, a blueprint and a dialect that a newcomer would write. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agent as lineCounter } from '../docs/examples/agents/line-counter/agent.ts';
import type { Question } from '../protocol/schemas/question.ts';
import { Api, startTestGateway, type TestGateway } from './harness/gateway.ts';

const examples = join(import.meta.dirname, '..', 'docs', 'examples');
const guides = join(import.meta.dirname, '..', 'docs', 'how-to');

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { LOG_LEVEL: 'silent' },
    plugins: { agents: [lineCounter], workflows: [join(examples, 'workflows')] },
    dialects: [join(examples, 'dialects')],
  });
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

function told(path: string): Promise<{ lines: string[]; code: number }> {
  const socket = new WebSocket(gateway.url.replace('http', 'ws') + path);
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    socket.on('message', (data: Buffer) => lines.push(data.toString()));
    socket.on('close', (code) => resolve({ lines, code }));
    socket.on('error', reject);
  });
}

test('the agent counts for its blueprint, each line an event', async () => {
  const { body } = await api.post('/v1/runs', { blueprint: 'line-count', input: { text: 'one two\nthree' } });
  const events = await api.eventsUntil(String(body['id']), ({ type }) => type === 'run.completed');
  const counted = events.filter(({ data }) => data['kind'] === 'line.counted').map(({ data }) => data);
  expect(counted).toEqual([
    { kind: 'line.counted', line: 1, words: 2 },
    { kind: 'line.counted', line: 2, words: 1 },
  ]);
  expect(events.at(-1)?.data['result']).toEqual({ lines: 2, words: 3 });
});

test('a long text is counted as far as a person says', async () => {
  const { body } = await api.post('/v1/runs', { blueprint: 'line-count', input: { text: 'a\nb\nc', maxLines: 2 } });
  const run = String(body['id']);
  const asked = await api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as Question;
  const answered = await api.post(`/v1/runs/${run}/questions/${question.id}/answer`, { answer: { all: false } });
  expect(answered.status).toBe(200);
  const events = await api.eventsUntil(run, ({ type }) => type === 'run.completed');
  expect(events.at(-1)?.data['result']).toEqual({ lines: 2, words: 2 });
});

test('the dialect starts a run, tells its lines to whoever comes, also after the end, and closes', async () => {
  expect((await api.post('/tally/t1', { text: 'one two\nthree' })).status).toBe(202);
  const expected = { lines: ['1: 2 words', '2: 1 words', 'total: 3 words'], code: 1000 };
  expect(await told('/tally/t1')).toEqual(expected);
  expect(await told('/tally/t1')).toEqual(expected);
  expect(await told('/tally/nobody')).toEqual({ lines: [], code: 1008 });
  const again = await api.post('/tally/t1', { text: 'another' });
  expect(again).toMatchObject({ status: 409, body: { error: { code: 'busy' } } });
  const native = await api.eventsUntil('tally:t1', ({ type }) => type === 'run.completed');
  expect(native[0]?.data).toMatchObject({ blueprint: 'line-count' });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics, 'two natively, one through the dialect').toContain(
    'baton_runs_started_total{blueprint="line-count"} 3',
  );
});

test('the guides show the code that runs here', () => {
  const pages = readdirSync(guides).map((name) => readFileSync(join(guides, name), 'utf8'));
  const shown = pages.flatMap((page) =>
    Array.from(page.matchAll(/`(docs\/examples\/[\w./-]+)`:\n\n```ts\n([^]*?)```/g), ([, file = '', code]) => ({
      file,
      code,
    })),
  );
  expect(shown.length).toBeGreaterThanOrEqual(6);
  for (const { file, code } of shown) expect(code, file).toBe(readFileSync(join(examples, '..', '..', file), 'utf8'));
});
