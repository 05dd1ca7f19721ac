/** With tokens: who is let in, and to what. */
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduct, type Product } from '../../harness/product.ts';
import { unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { isStep, loggedEnd, record, ScamRig, stepsOf, told } from './rig.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const jwt = (claims: JWTPayload, key = secret) =>
  new SignJWT({ sub: 'phone', exp: inSeconds(600), ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key));

// Lists are shared by all tests.
const [annsName, bobsName] = [unique('ann'), unique('bob')];

let product: Product;
let backend: ScamRig;
beforeAll(async () => {
  const settings = { AUTH_TOKEN: 'the-token', AUTH_JWT_SECRET: secret, BATON_RATE_LIMIT: '0' };
  product = await startProduct(settings, { token: 'the-token' });
  backend = new ScamRig(product.url, 'the-token');
});
afterAll(() => product.stop());

const rigOf = async (claims: JWTPayload) => new ScamRig(product.url, await jwt(claims));

const address = (path: string) => `${product.url.replace('http', 'ws')}/ws/agent-progress${path}`;

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
    await expect.poll(() => loggedEnd(product.dataDir, 't-1', 'unauthenticated')).toBe(true);
  });

  test('lives as long as its token', async () => {
    const socket = await TestSocket.open(address(`/t?token=${await jwt({ exp: inSeconds(2) })}`));
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });
});

test('a publisher is told of the sockets that it reaches, not of strangers who wait on its task', async () => {
  const id = unique('t');
  const owner = await jwt({ sub: annsName });
  const publisher = new ScamRig(product.url, owner);
  const publish = async (percent: number) =>
    (await publisher.publish(id, record('scam_db', percent))).body['delivered'];
  const stranger = await TestSocket.open(address(`/${id}?token=${await jwt({ sub: bobsName })}`));
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
    new ScamRig(product.url),
    new ScamRig(product.url, 'other'),
    new ScamRig(product.url, await jwt({}, secret + secret)),
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
    const { api } = new ScamRig(product.url, token);
    expect((await api.get(`/api/scam/tasks/${id}`)).body).toMatchObject({ status: 'completed' });
  });

  test('is a wrong token for every other task', async () => {
    const [id, other] = [unique('t'), unique('t')];
    await backend.publish(other, record('scam_db', 20));
    const token = await jwt({ task_id: id, roles: ['ops', 'client'] });
    for (const path of [`/${other}?token=${token}`, `?task_ids=${id},${other}&token=${token}`])
      await expect(TestSocket.open(address(path))).rejects.toThrow('401');
    const { api } = new ScamRig(product.url, token);
    expect((await api.get(`/api/scam/tasks/${other}`)).status).toBe(401);
    expect((await api.post(`/api/agent-progress/${other}`, record('scam_db', 30))).status).toBe(401);
    expect((await api.post('/api/scam/analyze', { text: 'x', task_id: other })).status).toBe(401);
    expect((await api.post('/api/scam/reports', { entity: 'x.test', kind: 'domain' })).status).toBe(403);
    expect((await api.get(`/v1/runs/scam:${other}`)).status).toBe(404);
  });

  test('begins its own', async () => {
    const id = unique('t');
    const { api } = new ScamRig(product.url, await jwt({ task_id: id }));
    expect(await api.post('/api/scam/analyze', { text: 'hello' })).toMatchObject({
      status: 202,
      body: { task_id: id },
    });
  });
});

test('a client does not see another client’s task: it waits as for one that is not there, and cannot take its id', async () => {
  const id = unique('t');
  const [ann, bob] = [await rigOf({ sub: annsName }), await rigOf({ sub: bobsName })];
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
  expect(told(socket.frames)).toHaveLength(1);
  socket.close();
});

test('what a client writes of an entity, no other client reads: not in the answer to its report, not in its evidence', async () => {
  const domain = `${unique('shop')}.test`;
  const [ann, bob] = [await rigOf({ sub: annsName }), await rigOf({ sub: bobsName })];
  const report = async (rig: ScamRig, more: object = {}) =>
    (await rig.api.post('/api/scam/reports', { entity: domain, kind: 'domain', ...more })).body;
  const findings = async (rig: ScamRig) => {
    const id = unique('t');
    await rig.analyze(id, `pay at https://${domain}/`);
    const socket = await rig.watch(`/${id}`);
    await socket.closed;
    const { evidence } = (socket.frames.at(-1) ?? {})['result'] as { evidence: { finding: string }[] };
    return evidence.map(({ finding }) => finding);
  };
  const shape = { entity: domain, kind: 'domain' };
  expect(await report(ann, { note: 'my mother paid there' })).toEqual({
    ...shape,
    note: 'my mother paid there',
    count: 1,
  });
  expect(await report(bob)).toEqual({ ...shape, note: null, count: 2 });
  expect(await findings(bob)).toEqual(['reported as a scam']);
  expect(await report(bob, { note: 'fake shop' })).toEqual({ ...shape, note: 'fake shop', count: 3 });
  expect(await findings(bob)).toEqual(['reported as a scam: fake shop']);
  expect(await report(ann)).toEqual({ ...shape, note: 'my mother paid there', count: 4 });
  expect(await findings(ann)).toEqual(['reported as a scam: my mother paid there']);
  expect(await findings(backend)).toEqual(['reported as a scam']);
});
