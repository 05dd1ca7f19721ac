import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jwtVerifier } from './jwt-verifier.ts';

const secret = 'a-secret-of-at-least-thirty-two-bytes';
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256');
let server: Server;
let url: string;
let isDown = false;

beforeAll(async () => {
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  server = createServer((_req, res) => {
    res.statusCode = isDown ? 500 : 200;
    res.end(JSON.stringify(keys));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterAll(() => server.close());

const hs = (payload: JWTPayload, key = secret, alg = 'HS256') =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));
const es = (payload: JWTPayload, key = privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);
const settings = (more: Partial<Parameters<typeof jwtVerifier>[0]> = {}) => ({
  AUTH_JWT_SECRET: undefined,
  AUTH_JWKS_URL: undefined,
  AUTH_JWT_ISSUER: undefined,
  AUTH_JWT_AUDIENCE: undefined,
  ...more,
});

const verified = async (verify: ReturnType<typeof jwtVerifier>, token: string) => verify(token);

describe('a JWT', () => {
  it('that is signed with the secret is judged at once, right or wrong', async () => {
    const verify = jwtVerifier(settings({ AUTH_JWT_SECRET: secret }));
    const right = await hs({ sub: 'ann' });
    expect(verify(right)).toMatchObject({ principal: { name: 'ann' } });
    expect(() => verify(`${right}x`)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    expect(() => verify('x')).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  it('may be limited to one task: then it is a client’s, whatever roles it names', async () => {
    const verify = jwtVerifier(settings({ AUTH_JWT_SECRET: secret }));
    const { principal } = await verify(await hs({ sub: 'ann', roles: ['ops', 'human'], task_id: 't-1' }));
    expect(principal).toEqual({ name: 'ann', roles: ['client'], authenticated: true, onlyTask: 't-1' });
    for (const task of ['', 'a b', 1, ['t-1'], {}])
      await expect(verified(verify, await hs({ sub: 'ann', task_id: task }))).rejects.toMatchObject({
        code: 'unauthenticated',
      });
  });

  it('names principal, roles and when it expires', async () => {
    const verify = jwtVerifier(settings({ AUTH_JWT_SECRET: secret }));
    const exp = Math.floor(Date.now() / 1_000) + 60;
    expect(await verify(await hs({ sub: 'ann', exp, roles: ['human', 'lawyer'] }))).toEqual({
      principal: { name: 'ann', roles: ['human', 'lawyer'], authenticated: true },
      expiresAtMs: exp * 1_000,
    });
    expect((await verify(await hs({ sub: 'ann' }, secret, 'HS512'))).principal.roles).toEqual(['client']);
    expect((await verify(await hs({ sub: 'ann', roles: 'client ops' }))).principal.roles).toEqual(['client', 'ops']);
  });

  it('is checked with the keys of AUTH_JWKS_URL where it is signed with such a key', async () => {
    const verify = jwtVerifier(settings({ AUTH_JWKS_URL: url }));
    expect((await verify(await es({ sub: 'bob' }))).principal.name).toBe('bob');
    await expect(verified(verify, await es({ sub: 'bob' }, stranger.privateKey))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('is refused where it has expired, has no subject, is meant for others or signed otherwise', async () => {
    const verify = jwtVerifier(
      settings({ AUTH_JWT_SECRET: secret, AUTH_JWT_ISSUER: 'https://id.test', AUTH_JWT_AUDIENCE: 'baton' }),
    );
    const good = { sub: 'ann', iss: 'https://id.test', aud: 'baton' };
    expect((await verify(await hs(good))).principal.name).toBe('ann');
    const bad = [
      await hs({ ...good, exp: Math.floor(Date.now() / 1_000) - 10 }),
      await hs({ iss: good.iss, aud: good.aud }),
      await hs({ ...good, iss: 'https://other.test' }),
      await hs({ ...good, aud: 'other' }),
      await hs({ ...good, roles: [1] }),
      await hs(good, 'another-secret-of-thirty-two-bytes!'),
      await es(good),
      `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(good))}.`,
      'x',
      '..',
      'a.b.c',
    ];
    for (const token of bad)
      await expect(verified(verify, token), token).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('signed with the public key as if it were a secret is refused', async () => {
    const verify = jwtVerifier(settings({ AUTH_JWKS_URL: url }));
    await expect(
      verified(verify, await hs({ sub: 'eve', roles: ['ops'] }, JSON.stringify(await exportJWK(publicKey)))),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('whose keys cannot be fetched now may be tried again', async () => {
    isDown = true;
    const verify = jwtVerifier(settings({ AUTH_JWKS_URL: url }));
    await expect(verified(verify, await es({ sub: 'bob' }))).rejects.toMatchObject({ code: 'keys_unavailable' });
    isDown = false;
    expect((await verify(await es({ sub: 'bob' }))).principal.name).toBe('bob');
  });
});
