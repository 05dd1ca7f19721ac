import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Question } from '../protocol/schemas/question.ts';
import { Api, startTestGateway, upTo, type TestGateway } from './harness/gateway.ts';

let gateway: TestGateway;
let api: Api;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = new Api(gateway.url);
});
afterAll(() => gateway.stop());

const hold = [{ script: [{ do: 'emit', count: 1 }, { do: 'hold' }] }];
const quick = [{ script: [{ do: 'emit', count: 2 }] }];

test('a run is started, read by long poll to its end, and shown with its result', async () => {
  const run = await api.script(quick);
  const events = await api.eventsToEnd(run);
  expect(events.map(({ seq }) => seq)).toEqual(upTo(events.length));
  const { body } = await api.get(`/v1/runs/${run}`);
  expect(body).toMatchObject({
    id: run,
    blueprint: 'script',
    status: 'completed',
    progress: 1,
    lastSeq: events.length,
  });
  const at = await api.get(`/v1/runs/${run}/events?after=${events.length}`);
  expect(at.body).toEqual({ events: [], next: events.length, ended: true });
  expect((await api.get(`/v1/runs/${run}/events?after=${events.length + 1}`)).body).toMatchObject({
    code: 'cursor_ahead',
    lastSeq: events.length,
  });
});

test('the same id and input is the same run, another input is not, and so with an Idempotency-Key', async () => {
  const id = await api.script(quick, { id: `same-${Date.now()}` });
  const again = (input: unknown) => api.post('/v1/runs', { blueprint: 'script', input, id });
  expect((await again({ steps: quick })).status).toBe(200);
  expect((await again({ steps: hold })).body).toMatchObject({ status: 409, code: 'run_exists' });
  const keyed = (steps: unknown) =>
    api.post('/v1/runs', { blueprint: 'script', input: { steps } }, { 'idempotency-key': `key-${id}` });
  const [first, second] = [await keyed(quick), await keyed(quick)];
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body['id']).toBe(first.body['id']);
  expect((await keyed(hold)).body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
});

test('what cannot be started says why, and starts nothing', async () => {
  const post = async (body: unknown) => (await api.post('/v1/runs', body)).body;
  expect(await post({ blueprint: 'nix', input: {} })).toMatchObject({ status: 404, code: 'blueprint_not_found' });
  expect(await post({ blueprint: 'script', input: { steps: 'x' }, id: 'bad-input' })).toMatchObject({
    status: 422,
    code: 'invalid_input',
    field: 'input.steps',
    faults: [{ field: 'input.steps' }],
  });
  expect(await post({ blueprint: 'script', input: { steps: quick }, id: 'ki:x' })).toMatchObject({
    status: 422,
    code: 'reserved_id',
  });
  expect((await api.get('/v1/runs/bad-input')).body).toMatchObject({ status: 404, code: 'run_not_found' });
});

test('a run on hold is pending until it is begun, once', async () => {
  const run = await api.script(quick, { hold: true });
  expect((await api.get(`/v1/runs/${run}`)).body).toMatchObject({ status: 'pending' });
  expect((await api.post(`/v1/runs/${run}/begin`)).status).toBe(202);
  await api.eventsToEnd(run);
  expect((await api.post(`/v1/runs/${run}/begin`)).body).toMatchObject({ status: 409, code: 'run_not_pending' });
});

test('a question is listed, refuses what does not fit, takes one answer and then says that it is closed', async () => {
  const run = await api.script([{ script: [{ do: 'ask' }] }]);
  const asked = await api.eventsUntil(run, ({ type }) => type === 'question.asked');
  const { id } = (asked.at(-1)?.data ?? {})['question'] as Question;
  const listed = await api.get(`/v1/questions?run=${run}`);
  expect(listed.body['items']).toMatchObject([{ id, run, kind: 'test.choice', status: 'open' }]);
  const answer = (value: unknown) =>
    api.post(`/v1/runs/${run}/questions/${encodeURIComponent(id)}/answer`, { answer: value });
  expect((await answer({ yes: 'maybe' })).body).toMatchObject({
    status: 422,
    code: 'invalid_answer',
    faults: [{ field: 'answer.yes' }],
  });
  expect(await answer({ yes: true })).toMatchObject({ status: 200, body: { outcome: 'accepted', have: 1, need: 1 } });
  expect((await answer({ yes: true })).status).toBe(409);
  await api.eventsToEnd(run);
  expect((await api.post(`/v1/runs/${run}/questions/nix/answer`, { answer: 1 })).body['status']).toBeGreaterThan(400);
});

test('a run is cancelled once; afterwards it has ended', async () => {
  const run = await api.script(hold);
  await api.eventsUntil(run, ({ type }) => type === 'agent.emitted');
  expect((await api.post(`/v1/runs/${run}/cancel`, { reason: 'enough' })).status).toBe(202);
  const events = await api.eventsToEnd(run);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { reason: 'enough', by: 'anonymous' } });
  expect((await api.post(`/v1/runs/${run}/cancel`, {})).body).toMatchObject({ status: 409, code: 'run_ended' });
});

test('data over 32 KiB arrives as a reference, whose bytes are read whole or in ranges', async () => {
  const run = await api.script([{ script: [{ do: 'emit', count: 1, bytes: 60_000 }] }]);
  const events = await api.eventsToEnd(run);
  const cut = events.find(({ type }) => type === 'agent.emitted')?.data as {
    preview: string;
    blob: { ref: string; bytes: number };
  };
  expect(cut.blob.bytes).toBeGreaterThan(60_000);
  const path = `${gateway.url}/v1/runs/${run}/blobs/${encodeURIComponent(cut.blob.ref)}`;
  const whole = await (await fetch(path)).text();
  expect(JSON.parse(whole)).toMatchObject({ index: 0, filler: 'x'.repeat(60_000) });
  const part = await fetch(path, { headers: { range: 'bytes=0-99' } });
  expect([part.status, await part.text()]).toEqual([206, whole.slice(0, 100)]);
  expect((await api.get(`/v1/runs/${run}/blobs/nix`)).body).toMatchObject({ status: 404, code: 'blob_not_found' });
});

test('a run goes on after its end by retry, reset and fork, in logs without holes', async () => {
  const run = await api.script([{ script: [{ do: 'emit', count: 1 }] }]);
  const first = await api.eventsToEnd(run);
  expect((await api.post(`/v1/runs/${run}/retry`)).status).toBe(200);
  const second = await api.eventsToEnd(run, first.length);
  expect(second[0]).toMatchObject({ seq: first.length + 1, type: 'run.retried' });
  const reset = await api.post(`/v1/runs/${run}/reset`, { step: 'scripted#1' });
  expect(reset.status).toBe(200);
  const third = await api.eventsToEnd(run, first.length + second.length);
  expect(third[0]).toMatchObject({ type: 'run.reset' });
  const all = await api.eventsUntil(run, ({ seq }) => seq === third.at(-1)?.seq);
  expect(all.map(({ seq }) => seq)).toEqual(upTo(first.length + second.length + third.length));
  const listed = async () => {
    const { body } = await api.get('/v1/runs?blueprint=script&status=completed&limit=100');
    return (body['items'] as { id: string }[]).find(({ id }) => id === run);
  };
  const startedAt = first[0]?.at;
  await expect.poll(listed).toMatchObject({ startedAt });
  expect((await api.get(`/v1/runs/${run}`)).body).toMatchObject({ startedAt });
  const fork = await api.post(`/v1/runs/${run}/fork`, {});
  expect(fork.status).toBe(201);
  const forked = await api.eventsToEnd(String(fork.body['id']));
  expect(forked[0]).toMatchObject({ seq: 1, type: 'run.started' });
});

test('runs are listed by status and blueprint, in pages', async () => {
  const run = await api.script(hold);
  await api.eventsUntil(run, ({ type }) => type === 'agent.emitted');
  const ids = async (query: string) =>
    ((await api.get(`/v1/runs?${query}`)).body['items'] as { id: string }[]).map(({ id }) => id);
  await expect.poll(() => ids('status=running&blueprint=script')).toContain(run);
  expect(await ids('status=completed&blueprint=nix')).toEqual([]);
  const page = await api.get('/v1/runs?limit=1');
  expect(page.body['items']).toHaveLength(1);
  const next = await api.get(`/v1/runs?limit=1&cursor=${encodeURIComponent(String(page.body['nextCursor']))}`);
  expect(next.body['items']).not.toEqual(page.body['items']);
  expect((await api.get('/v1/runs?cursor=nonsense')).body).toMatchObject({ status: 422, code: 'invalid_cursor' });
  await api.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
});

test('the gateway says that it is ready, what can be started, and what it has counted', async () => {
  expect((await api.get('/readyz')).status).toBe(200);
  const blueprints = (await api.get('/v1/blueprints')).body['items'] as { name: string }[];
  expect(blueprints.map(({ name }) => name)).toEqual(expect.arrayContaining(['crawl', 'script']));
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/baton_runs_started_total\{blueprint="script"\} [1-9]/);
  expect(metrics).toMatch(/baton_runs_ended_total\{blueprint="script",outcome="completed"\} [1-9]/);
});
