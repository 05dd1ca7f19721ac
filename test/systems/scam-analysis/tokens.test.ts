/** With tokens: who is let in, and to what. */
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../harness/gateway.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { isStep, record, ScamRig, stepsOf } from './rig.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const jwt = (claims: JWTPayload, key = secret) =>
  new SignJWT({ sub: 'phone', exp: inSeconds(600), ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key));

let gateway: TestGateway;
let backend: ScamRig;
beforeAll(async () => {
  const settings = { AUTH_TOKEN: 'the-token', AUTH_JWT_SECRET: secret, BATON_RATE_LIMIT: '0' };
  gateway = await startTestGateway({ settings });
  backend = new ScamRig(gateway.url, 'the-token');
});
afterAll(() => gateway.stop());

const address = (path: string) => `${gateway.url.replace('http', 'ws')}/ws/agent-progress${path}`;

describe('a socket', () => {
  test('is let in with the token in the header or the address', async () => {
    const id = unique('t');
    const sockets = [await backend.watch(`/${id}`), await TestSocket.open(address(`/${id}?token=the-token`))];
    for (const socket of sockets) {
      await socket.until(isStep('connected'));
      socket.close();
    }
  });

  test('without a token, or with a wrong one, gets 401 and no upgrade', async () => {
    const right = await jwt({});
    const wrong = [
      '',
      '?token=other',
      `?token=${right}x`,
      `?token=${await jwt({}, 'another-secret-of-thirty-two-bytes!')}`,
      `?token=${await jwt({ exp: inSeconds(-5) })}`,
      `?token=${await jwt({ task_id: 'another' })}`,
      `?token=${await jwt({ task_id: 5 })}`,
    ];
    for (const query of wrong)
      for (const path of [`/t-1${query}`, `${query === '' ? '?' : `${query}&`}task_ids=t-1`])
        await expect(TestSocket.open(address(path)), path).rejects.toThrow('401');
  });

  test('lives as long as its token', async () => {
    const socket = await TestSocket.open(address(`/t?token=${await jwt({ exp: inSeconds(2) })}`));
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });
});

test('a publisher is told of the sockets that it reaches, not of strangers who wait on its task', async () => {
  const id = unique('t');
  const owner = await jwt({ sub: 'ann' });
  const publisher = new ScamRig(gateway.url, owner);
  const publish = async (percent: number) =>
    (await publisher.publish(id, record('scam_db', percent))).body['delivered'];
  const stranger = await TestSocket.open(address(`/${id}?token=${await jwt({ sub: 'bob' })}`));
  await stranger.until(isStep('connected'));
  expect(await publish(10)).toBe(0);
  const own = await TestSocket.open(address(`/${id}?token=${owner}`));
  await own.until(({ percent }) => percent === 10);
  expect(await publish(20)).toBe(1);
  expect(stranger.frames.map(({ percent }) => percent)).not.toContain(10);
  stranger.close();
  own.close();
});

test('requests without a token, or with a wrong one, get 401 in the contract’s shape', async () => {
  const strangers = [
    new ScamRig(gateway.url),
    new ScamRig(gateway.url, 'other'),
    new ScamRig(gateway.url, await jwt({}, secret + secret)),
  ];
  for (const { api } of strangers) {
    const answers = await Promise.all([
      api.post('/api/scam/analyze', { text: 'x' }),
      api.get('/api/scam/tasks/t'),
      api.post('/api/scam/tasks/t/cancel', {}),
      api.post('/api/scam/reports', { entity: 'x.test', kind: 'domain' }),
      api.post('/api/agent-progress/t', record('scam_db', 1)),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 401,
        body: { error: { code: 'unauthenticated' }, detail: expect.any(String) as string },
      });
    expect((await api.get('/metrics')).status).toBe(401);
  }
});

describe('a token for one task', () => {
  test('watches that task, whoever began it, alone or among one', async () => {
    const id = unique('t');
    const token = await jwt({ task_id: id });
    const sockets = await Promise.all(
      [`/${id}?token=${token}`, `?task_ids=${id}&token=${token}`].map((path) => TestSocket.open(address(path))),
    );
    await backend.publish(id, record('scam_db', 20));
    await backend.publish(id, record('completed', 100));
    for (const socket of sockets) {
      expect(await socket.closed).toMatchObject({ code: 1000 });
      expect(stepsOf(socket.frames)).toEqual([
        ['connected', 0],
        ['scam_db', 20],
        ['completed', 100],
      ]);
    }
    const { api } = new ScamRig(gateway.url, token);
    expect((await api.get(`/api/scam/tasks/${id}`)).body).toMatchObject({ status: 'completed' });
  });

  test('is a wrong token for every other task', async () => {
    const [id, other] = [unique('t'), unique('t')];
    await backend.publish(other, record('scam_db', 20));
    const token = await jwt({ task_id: id, roles: ['ops', 'client'] });
    for (const path of [`/${other}?token=${token}`, `?task_ids=${id},${other}&token=${token}`])
      await expect(TestSocket.open(address(path))).rejects.toThrow('401');
    const { api } = new ScamRig(gateway.url, token);
    expect((await api.get(`/api/scam/tasks/${other}`)).status).toBe(401);
    expect((await api.post(`/api/agent-progress/${other}`, record('scam_db', 30))).status).toBe(401);
    expect((await api.post('/api/scam/analyze', { text: 'x', task_id: other })).status).toBe(401);
    expect((await api.post('/api/scam/reports', { entity: 'x.test', kind: 'domain' })).status).toBe(403);
    expect((await api.get(`/v1/runs/scam:${other}`)).status).toBe(404);
  });

  test('begins its own', async () => {
    const id = unique('t');
    const { api } = new ScamRig(gateway.url, await jwt({ task_id: id }));
    expect(await api.post('/api/scam/analyze', { text: 'hello' })).toMatchObject({
      status: 202,
      body: { task_id: id },
    });
  });
});

test('a client does not see another client’s task: it waits as for one that is not there, and cannot take its id', async () => {
  const id = unique('t');
  const [ann, bob] = [
    new ScamRig(gateway.url, await jwt({ sub: 'ann' })),
    new ScamRig(gateway.url, await jwt({ sub: 'bob' })),
  ];
  expect((await ann.analyze(id, 'hello')).status).toBe(202);
  await (
    await ann.watch(`/${id}`)
  ).closed;
  const socket = await bob.watch(`/${id}`);
  await socket.until(isStep('connected'));
  expect((await bob.api.get(`/api/scam/tasks/${id}`)).status).toBe(404);
  expect(await bob.analyze(id, 'hello')).toMatchObject({ status: 409, body: { error: { code: 'id_taken' } } });
  expect(await bob.publish(id, record('scam_db', 1))).toMatchObject({
    status: 409,
    body: { error: { code: 'id_taken' } },
  });
  expect(socket.frames).toHaveLength(1);
  socket.close();
});
