import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../protocol/schemas/event.ts';
import type { Question } from '../protocol/schemas/question.ts';
import { startGateway } from '../gateway/start-gateway.ts';
import { inProcessBus } from '../runtime/live-bus.ts';
import { createLog } from '../runtime/log.ts';
import { Api, startTestGateway, type TestGateway } from './harness/gateway.ts';
import { testConfig } from './harness/temporal-server.ts';
import { TestSocket } from './harness/test-socket.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const jwt = (sub: string, roles: string[], seconds = 600) =>
  new SignJWT({ sub, roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('https://id.test')
    .setAudience('baton')
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(secret));

const questionOf = (events: RunEvent[]) => (events.at(-1)?.data ?? {})['question'] as Question;

let gateway: TestGateway;
let ann: Api;
let bob: Api;
let hugo: Api;
let olga: Api;
beforeAll(async () => {
  const settings = {
    AUTH_JWT_SECRET: secret,
    AUTH_JWT_ISSUER: 'https://id.test',
    AUTH_JWT_AUDIENCE: 'baton',
    AUTH_TOKEN: 'olga:ops:olgas-token',
  };
  gateway = await startTestGateway({ settings });
  const api = async (name: string, roles: string[]) => new Api(gateway.url, await jwt(name, roles));
  [ann, bob, hugo] = [await api('ann', ['client']), await api('bob', ['client']), await api('hugo', ['human'])];
  olga = new Api(gateway.url, 'olgas-token');
});
afterAll(() => gateway.stop());

test('a client sees its own runs, others as if they were not there, and ops see all', async () => {
  const run = await ann.script([{ script: [{ do: 'emit', count: 1 }, { do: 'hold' }] }]);
  await ann.eventsUntil(run, ({ type }) => type === 'agent.emitted');
  expect((await ann.get(`/v1/runs/${run}`)).body).toMatchObject({ owner: 'ann' });
  for (const path of ['', '/events', '/stream'])
    expect((await bob.get(`/v1/runs/${run}${path}`)).status, path).toBe(404);
  expect((await bob.post(`/v1/runs/${run}/cancel`, {})).status).toBe(404);
  expect((await olga.get(`/v1/runs/${run}`)).status).toBe(200);
  const ids = async (api: Api) => ((await api.get('/v1/runs')).body['items'] as { id: string }[]).map(({ id }) => id);
  await expect.poll(() => ids(ann)).toContain(run);
  expect(await ids(bob)).not.toContain(run);
  expect(await ids(olga)).toContain(run);
  await olga.post(`/v1/runs/${run}/cancel`, { mode: 'now' });
  const events = await ann.eventsToEnd(run);
  expect(events.at(-1)).toMatchObject({ type: 'run.cancelled', data: { by: 'olga' } });
});

test('a human reads the run of a question that is addressed to it, and answers it under its own name', async () => {
  const run = await ann.script([{ script: [{ do: 'ask', question: { audience: { roles: ['human'] } } }] }]);
  const asked = await ann.eventsUntil(run, ({ type }) => type === 'question.asked');
  const { id } = questionOf(asked);
  expect((await bob.get(`/v1/runs/${run}`)).status).toBe(404);
  expect((await hugo.get(`/v1/runs/${run}`)).status).toBe(200);
  expect((await hugo.post(`/v1/runs/${run}/cancel`, {})).body).toMatchObject({ status: 403, code: 'forbidden' });
  // Other tests of this run share the server: their questions may be addressed to the same role.
  const shown = async () =>
    ((await hugo.get('/v1/questions?limit=500')).body['items'] as { run: string }[]).filter((item) => item.run === run);
  await expect.poll(shown).toMatchObject([{ id, run }]);
  const listed = async (api: Api) =>
    ((await api.get('/v1/runs?owner=ann&limit=500')).body['items'] as { id: string }[]).map((item) => item.id);
  const others = await ann.script([{ script: [{ do: 'ask', question: { audience: { roles: ['lawyer'] } } }] }]);
  await ann.eventsUntil(others, ({ type }) => type === 'question.asked');
  await expect.poll(() => listed(ann)).toEqual(expect.arrayContaining([run, others]));
  await expect.poll(() => listed(hugo)).toContain(run);
  expect(await listed(hugo)).not.toContain(others);
  expect(await listed(bob)).toEqual([]);
  await ann.post(`/v1/runs/${others}/cancel`, { mode: 'now' });
  const answered = await hugo.post(`/v1/runs/${run}/questions/${encodeURIComponent(id)}/answer`, {
    answer: { yes: true },
  });
  expect(answered.status).toBe(200);
  const events = await ann.eventsToEnd(run);
  expect(events.find(({ type }) => type === 'question.answered')?.data).toMatchObject({ by: 'hugo' });
  await expect.poll(() => listed(hugo)).not.toContain(run);
});

test('somebody else’s id cannot be taken, and says nothing of the run', async () => {
  const id = `mine-${Date.now()}`;
  await ann.script([{ script: [{ do: 'emit', count: 1 }] }], { id });
  const taken = await bob.post('/v1/runs', {
    blueprint: 'script',
    input: { steps: [{ script: [{ do: 'emit', count: 1 }] }] },
    id,
  });
  expect(taken.body).toMatchObject({ status: 409, code: 'id_taken' });
  expect(JSON.stringify(taken.body)).not.toContain('ann');
});

test('a socket lives as long as its token', async () => {
  const socket = await TestSocket.open(`${gateway.wsUrl}?token=${await jwt('ann', ['client'], 4)}`);
  expect(await socket.request('ping')).toMatchObject({ ok: true });
  expect(await socket.closed).toMatchObject({ code: 4401 });
});

test('an open gateway that others could reach does not start', async () => {
  const start = startGateway(testConfig({ BATON_HOST: '0.0.0.0' }), {
    bus: inProcessBus(),
    log: createLog('test', 'silent'),
  });
  await expect(start).rejects.toThrow(/BATON_HOST is 0\.0\.0\.0.*AUTH_TOKEN/);
});
