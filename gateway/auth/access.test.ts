import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, TestSocket } from '../../test/harness/test-socket.ts';
import { startTestSurface, type TestSurface } from '../test-surface.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const AUTH_TOKEN =
  'ann:client:token-ann,bob:client:token-bob,hugo:human:token-hugo,lena:lawyer:token-lena,olga:ops:token-olga';

let surface: TestSurface;
beforeEach(async () => {
  surface = await startTestSurface({ AUTH_TOKEN, AUTH_JWT_SECRET: secret, BATON_RATE_LIMIT: '0' });
  const run = surface.engine.begin('r', 'ann');
  ask('r', { roles: ['human'] });
  run.append('agent.emitted');
  surface.engine.begin('quiet', 'ann');
});
afterEach(() => surface.surface.stop());

function ask(run: string, audience: { roles?: string[]; names?: string[] }): void {
  const question = {
    id: 'q',
    run,
    kind: 'k',
    message: '?',
    context: null,
    answerSchema: {},
    audience,
    answersNeeded: 1,
    onTimeout: { then: 'fail' },
    askedAt: '',
    status: 'open',
    answers: [],
  };
  surface.engine.find(run).append('question.asked', { data: { question } });
}

async function call(who: string | null, method: string, path: string, body?: unknown): Promise<number> {
  const response = await fetch(surface.url + path, {
    method,
    headers: { ...(who === null ? {} : { authorization: `Bearer ${who}` }), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}

const requests: [string, string, unknown?][] = [
  ['POST', '/v1/runs', { blueprint: 'echo', input: 1 }],
  ['GET', '/v1/runs/r'],
  ['GET', '/v1/runs/r/events'],
  ['GET', '/v1/runs/quiet'],
  ['POST', '/v1/runs/r/questions/q/answer', { answer: 1 }],
  ['POST', '/v1/runs/r/cancel', {}],
  ['POST', '/v1/runs/r/begin', {}],
  ['POST', '/v1/runs/r/reset', { step: 'a#1' }],
  ['POST', '/v1/runs/quiet/retry', {}],
  ['GET', '/metrics'],
];

describe('what each may do', () => {
  it.each([
    ['its owner', 'token-ann', [201, 200, 200, 200, 200, 202, 202, 403, 403, 403]],
    ['another client', 'token-bob', [201, 404, 404, 404, 404, 404, 404, 404, 404, 403]],
    ['a human who is asked', 'token-hugo', [403, 200, 200, 404, 200, 403, 403, 403, 404, 403]],
    ['a role that nobody asks', 'token-lena', [403, 404, 404, 404, 404, 404, 404, 404, 404, 403]],
    ['ops', 'token-olga', [201, 200, 200, 200, 200, 202, 202, 200, 200, 200]],
    ['nobody', null, requests.map(() => 401)],
    ['a wrong token', 'token-eve', requests.map(() => 401)],
  ])('%s', async (_who, token, expected) => {
    const statuses = [];
    for (const [method, path, body] of requests) statuses.push(await call(token, method, path, body));
    expect(statuses).toEqual(expected);
  });

  it('by a question that is addressed by name or by a role of its own', async () => {
    ask('quiet', { names: ['lena'] });
    expect(await call('token-lena', 'GET', '/v1/runs/quiet')).toBe(200);
    surface.engine.begin('third', 'ann');
    ask('third', { roles: ['lawyer', 'client'] });
    expect(await call('token-lena', 'GET', '/v1/runs/third')).toBe(200);
    expect(await call('token-bob', 'GET', '/v1/runs/third')).toBe(404);
  });

  it('without a token is to see that the gateway lives, and its documents', async () => {
    for (const path of ['/healthz', '/readyz', '/docs', '/v1/openapi.json'])
      expect(await call(null, 'GET', path), path).toBe(200);
  });
});

describe('lists', () => {
  it('show a client its own runs, and nothing of others', async () => {
    await call('token-ann', 'GET', '/v1/runs?owner=ann');
    await call('token-ann', 'GET', '/v1/runs');
    await call('token-ann', 'GET', '/v1/runs?owner=bob');
    await call('token-olga', 'GET', '/v1/runs?owner=bob');
    const asked = surface.engine.commands
      .filter(([name]) => name === 'list')
      .map(([, query]) => (query as { owner?: string }).owner);
    expect(asked).toEqual(['ann', 'ann', 'bob']);
  });

  it('show each the questions that concern it', async () => {
    surface.engine.begin('bobs', 'bob');
    ask('bobs', {});
    const seen = async (token: string) => {
      const response = await fetch(`${surface.url}/v1/questions?token=${token}`);
      return ((await response.json()) as { items: { run: string }[] }).items.map(({ run }) => run);
    };
    expect(await seen('token-ann')).toEqual(['r']);
    expect(await seen('token-bob')).toEqual(['bobs']);
    expect(await seen('token-hugo')).toEqual(['r']);
    expect(await seen('token-lena')).toEqual([]);
    expect(await seen('token-olga')).toEqual(['r', 'bobs']);
  });
});

describe('a socket', () => {
  const jwt = (claims: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));

  it('takes its token from the header or the address, and is turned away with 401 without one', async () => {
    const byHeader = await TestSocket.open(surface.wsUrl, { headers: { authorization: 'Bearer token-ann' } });
    const byQuery = await TestSocket.open(`${surface.wsUrl}?token=token-bob`);
    expect(await byHeader.request('subscribe', { run: 'r' })).toMatchObject({ ok: true });
    expect(errorOf(await byQuery.request('subscribe', { run: 'r' }))).toMatchObject({ code: 'run_not_found' });
    await expect(TestSocket.open(surface.wsUrl)).rejects.toThrow('401');
    for (const socket of [byHeader, byQuery]) socket.close();
  });

  it('is closed with 4401 when its token expires, and no new one is let in with it', async () => {
    const token = await jwt({ sub: 'ann', exp: Math.floor(Date.now() / 1_000) + 4 });
    const socket = await TestSocket.open(`${surface.wsUrl}?token=${token}`);
    await socket.request('subscribe', { run: 'r' });
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(surface.engine.find('r').openFeeds).toBe(0);
    await expect(TestSocket.open(`${surface.wsUrl}?token=${token}`)).rejects.toThrow('401');
  });

  it('with a wrong JWT is turned away with 401 where the secret decides', async () => {
    const right = await jwt({ sub: 'eve' });
    for (const token of [`${right}x`, right.slice(0, -5), await jwt({}), 'x.y.z'])
      await expect(TestSocket.open(`${surface.wsUrl}?token=${token}`), token).rejects.toThrow('401');
  });

  it('may send before its JWT has been verified, where keys must be fetched, and is answered in order', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
    const server = createServer((_req, res) => res.end(keys)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await surface.surface.stop();
    surface = await startTestSurface({
      AUTH_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      BATON_RATE_LIMIT: '0',
    });
    surface.engine.begin('r', 'ann');
    const signed = (sub: string) =>
      new SignJWT({ sub }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);
    const verified = await signed('ann');
    for (let visit = 0; visit < 20; visit++) {
      const socket = await TestSocket.open(`${surface.wsUrl}?token=${verified}`);
      const replies = await Promise.all([socket.request('ping'), socket.request('state', { run: 'r' })]);
      expect(replies.every((reply) => reply['ok'] === true)).toBe(true);
      socket.close();
    }
    const wrong = await TestSocket.open(`${surface.wsUrl}?token=${(await signed('eve')).slice(0, -8)}AAAAAAAA`);
    expect(await wrong.closed).toMatchObject({ code: 4401 });
    expect(wrong.frames).toEqual([]);
    server.close();
  });

  it('whose token is for one task reaches nothing else', async () => {
    surface.engine.begin('scam:t-1', 'bob');
    surface.engine.begin('scam:t-2', 'ann');
    const token = await jwt({ sub: 'ann', roles: ['client', 'ops'], task_id: 't-1' });
    const socket = await TestSocket.open(`${surface.wsUrl}?token=${token}`);
    const codeOf = async (op: string, fields: Record<string, unknown>) => {
      const reply = await socket.request(op, fields);
      return reply['ok'] === true ? 'ok' : errorOf(reply)['code'];
    };
    expect(await codeOf('state', { run: 'scam:t-1' })).toBe('ok');
    for (const run of ['r', 'scam:t-2', 't-1']) expect(await codeOf('state', { run }), run).toBe('run_not_found');
    expect(await codeOf('cancel', { run: 'r' })).toBe('run_not_found');
    expect(await codeOf('answer', { run: 'r', question: 'q', answer: 1 })).toBe('run_not_found');
    expect(await codeOf('start', { blueprint: 'echo', input: 1 })).toBe('forbidden');
    expect(await codeOf('retry', { run: 'scam:t-1' })).toBe('forbidden');
    expect(await socket.request('runs')).toMatchObject({ items: [] });
    expect(await socket.request('questions')).toMatchObject({ items: [] });
    expect(await call(token, 'GET', '/v1/knowledge/search?q=x')).toBe(403);
    expect(await call(token, 'GET', '/metrics')).toBe(403);
    socket.close();
  });

  it('and an event stream end alike when the token expires', async () => {
    const token = await jwt({ sub: 'ann', exp: Math.floor(Date.now() / 1_000) + 4 });
    const response = await fetch(`${surface.url}/v1/runs/r/stream?token=${token}`);
    expect(await response.text()).not.toContain('event: end');
    expect(surface.engine.find('r').openFeeds).toBe(0);
  });
});

describe('a limit on requests', () => {
  it('counts for each principal alone, over HTTP and sockets, and says when to come back', async () => {
    await surface.surface.stop();
    surface = await startTestSurface({ AUTH_TOKEN, BATON_RATE_LIMIT: '5' });
    const statuses = await Promise.all(Array.from({ length: 8 }, () => call('token-ann', 'GET', '/v1/blueprints')));
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    const limited = await fetch(`${surface.url}/v1/blueprints?token=token-ann`);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    const socket = await TestSocket.open(`${surface.wsUrl}?token=token-bob`);
    const replies = await Promise.all(Array.from({ length: 8 }, () => socket.request('ping')));
    expect(replies.filter((reply) => errorOf(reply)['code'] === 'rate_limited').length).toBeGreaterThanOrEqual(3);
    socket.close();
  });

  it('stops an address that guesses tokens', async () => {
    const statuses = [];
    for (let guess = 0; guess < 70; guess++) statuses.push(await call(`guess-${guess}`, 'GET', '/v1/runs'));
    expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(60).every((status) => status === 429)).toBe(true);
    expect(await call('token-ann', 'GET', '/v1/runs')).toBe(200);
  });
});
