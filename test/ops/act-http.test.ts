/** The commands as HTTP, WebSocket and the command line have them. */
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import { Api, startTestGateway, type TestGateway } from '../harness/gateway.ts';
import { TestSocket } from '../harness/test-socket.ts';

let gateway: TestGateway;
let ops: Api;
let client: Api;
beforeAll(async () => {
  const tokens = 'olga:ops:olga-token,ann:client+human:ann-token';
  gateway = await startTestGateway({ settings: { AUTH_TOKEN: tokens, LOG_LEVEL: 'error' } });
  ops = new Api(gateway.url, 'olga-token');
  client = new Api(gateway.url, 'ann-token');
});
afterAll(() => gateway.stop());

const failing = [{ script: [] }, { script: [{ do: 'fail', attempts: 99, code: 'invalid_input' }] }];

async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return await command(args, null);
}

/** `typed`: at a terminal. */
async function command(args: string[], typed: string | null): Promise<{ code: number; out: string; err: string }> {
  const isTTY = typed !== null;
  const stdin = Object.assign(new PassThrough(), { isTTY });
  if (typed === null) stdin.end();
  else stdin.write(typed);
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 24 });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const text = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const environment = { BATON_URL: gateway.url, BATON_TOKEN: 'olga-token' };
  const code = await runCli(args, { stdin, stdout, stderr, environment, onInterrupt: () => () => undefined });
  return { code, ...text };
}

test('only ops may act, and the log says who did, by which way, and from where', async () => {
  const run = await client.script(failing);
  const failed = await client.eventsToEnd(run);
  expect(await client.post(`/v1/runs/${run}/resume`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(failed[0]?.data).toMatchObject({ owner: 'ann', startedBy: { by: 'ann', via: 'http', from: '127.0.0.1' } });

  const key = { 'idempotency-key': 'night-1' };
  expect(await ops.post(`/v1/runs/${run}/resume`, {}, key)).toMatchObject({ status: 200, body: { id: run } });
  expect(await ops.post(`/v1/runs/${run}/resume`, {}, key)).toMatchObject({ status: 200, body: { id: run } });
  const again = await client.eventsToEnd(run, failed.length);
  expect(again.filter(({ type }) => type === 'run.reset')).toHaveLength(1);
  expect(again[0]?.data).toMatchObject({
    by: 'olga',
    via: 'http',
    from: '127.0.0.1',
    toStep: 'scripted#2',
    resumed: true,
  });

  const socket = await TestSocket.open(`${gateway.wsUrl}?token=olga-token`);
  expect(await socket.request('retry', { run })).toMatchObject({ ok: true, run: { id: run } });
  socket.ws.close();
  const retried = await client.eventsToEnd(run, failed.length + again.length);
  expect(retried[0]).toMatchObject({ type: 'run.retried', data: { by: 'olga', via: 'ws', from: '127.0.0.1' } });

  expect(await cli('retry', run)).toMatchObject({ code: 0, out: `${run} retried\n` });
  const log = await client.eventsUntil(run, ({ data }: RunEvent) => data['via'] === 'cli');
  expect(log.at(-1)).toMatchObject({ type: 'run.retried', data: { by: 'olga', via: 'cli' } });
});

test('a dry run says what would be repeated, and does nothing', async () => {
  const run = await client.script(failing);
  const failed = await client.eventsToEnd(run);
  const prediction = {
    repeats: [{ step: 'scripted#2', agent: 'scripted', startedAttempts: 1, repeatable: true }],
    questions: [],
    from: { step: 'scripted#2' },
  };
  expect(await ops.post(`/v1/runs/${run}/resume?dryRun=1`)).toMatchObject({ status: 200, body: prediction });
  expect(await ops.post(`/v1/runs/${run}/reset`, { step: 'scripted#2', dryRun: true })).toMatchObject({
    status: 200,
    body: prediction,
  });
  expect(await ops.post(`/v1/runs/${run}/fork`, { dryRun: true })).toMatchObject({
    status: 200,
    body: { repeats: [{ step: 'scripted#1' }, { step: 'scripted#2' }], from: { step: null, seq: 1 } },
  });
  const dry = await cli('reset', run, 'scripted#2', '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.out).toMatch(/scripted#2 +1 attempt had started +declared safe to repeat/);
  expect(JSON.parse((await cli('resume', run, '--dry-run', '--json')).out)).toMatchObject(prediction);
  expect((await ops.get(`/v1/runs/${run}`)).body['lastSeq']).toBe(failed.length);
});

test('what does not fit is refused with the path of the fault and the names that there are', async () => {
  const run = await client.script([{ script: [] }]);
  const { length: seq } = await client.eventsToEnd(run);
  const reset = (body: object) => ops.post(`/v1/runs/${run}/reset`, body);
  expect(await reset({ step: 'codesmith#2' })).toMatchObject({
    status: 422,
    body: { code: 'step_unknown', field: 'step', steps: ['scripted#1'] },
  });
  expect(await reset({ step: 'scripted#1', edits: { context: { limit: 'many' } } })).toMatchObject({
    status: 422,
    body: { code: 'invalid_state', field: 'edits.context.limit' },
  });
  expect(await ops.post(`/v1/runs/${run}/fork`, { edits: { input: { steps: 3 } } })).toMatchObject({
    status: 422,
    body: { code: 'invalid_input', field: 'edits.input.steps' },
  });
  expect(await reset({ step: 'scripted#1', edits: { results: { 'scripted#9': 1 } } })).toMatchObject({
    status: 422,
    body: { code: 'step_unknown', field: 'edits.results.scripted#9' },
  });
  expect(await reset({ step: 'scripted#1', edits: { answers: { 'q-9': true } } })).toMatchObject({
    status: 422,
    body: { code: 'invalid_state', field: 'edits.answers.q-9' },
  });
  expect(await reset({ step: 'scripted#1', edit: {} })).toMatchObject({ status: 422, body: { field: 'edit' } });
  expect(await ops.post(`/v1/runs/${run}/pause`)).toMatchObject({ status: 409, body: { code: 'run_ended' } });
  expect(await ops.post(`/v1/runs/${run}/resume`)).toMatchObject({ status: 409, body: { code: 'run_not_failed' } });
  expect((await ops.get(`/v1/runs/${run}`)).body['lastSeq']).toBe(seq);
});

test('ops answer for somebody, and nobody else does', async () => {
  const run = await client.script([{ script: [{ do: 'ask' }] }]);
  const asked = await client.eventsUntil(run, ({ type }) => type === 'question.asked');
  const question = asked.at(-1)?.data['question'] as { id: string } | undefined;
  const path = `/v1/runs/${run}/questions/${question?.id}/answer`;
  const body = { answer: { yes: true }, onBehalfOf: 'bert' };
  expect(await client.post(path, body)).toMatchObject({ status: 403 });
  expect(await cli('answer', run, 'yes=true', '--as', 'bert')).toMatchObject({ code: 0, out: 'accepted\n' });
  const events = await client.eventsToEnd(run);
  expect(events.find(({ type }) => type === 'question.answered')?.data).toMatchObject({
    by: 'olga',
    onBehalfOf: 'bert',
    via: 'cli',
  });
  expect((await ops.get(`/v1/runs/${run}`)).body).toMatchObject({
    questions: [{ answers: [{ by: 'olga', onBehalfOf: 'bert' }] }],
  });
});

test('the command line pauses, lets go on and terminates', async () => {
  const run = await client.script([{ script: [{ do: 'ask' }] }]);
  await client.eventsUntil(run, ({ type }) => type === 'question.asked');
  expect(await cli('pause', run, '--reason', 'look')).toMatchObject({ code: 0, out: `${run} pausing\n` });
  expect(await cli('unpause', run)).toMatchObject({ code: 0, out: `${run} unpaused\n` });
  expect((await cli('unpause', run)).code).toBe(6);
  expect(await cli('terminate', run, '--reason', 'done with')).toMatchObject({ code: 0, out: `${run} terminated\n` });
  const events = await client.eventsToEnd(run);
  expect(events.at(-1)).toMatchObject({
    type: 'run.terminated',
    data: { by: 'olga', via: 'cli', reason: 'done with' },
  });
});

test('at a terminal what would be repeated is shown, and done only when it is agreed to', async () => {
  const run = await client.script(failing);
  const { length: seq } = await client.eventsToEnd(run);
  const refused = await command(['resume', run], 'n\n');
  expect(refused.out).toMatch(/scripted#2[^]*\[y\/N\]/);
  expect((await ops.get(`/v1/runs/${run}`)).body['lastSeq']).toBe(seq);
  const agreed = await command(['resume', run], 'y\n');
  expect(agreed.out).toContain(`${run} resumed`);
  await client.eventsToEnd(run, seq);
  const unasked = await command(['retry', run, '--yes'], '');
  expect(unasked.out).not.toContain('[y/N]');
});
