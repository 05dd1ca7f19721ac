/** Tokens: forged, broken, expired, meant for others. One that is not right in every part opens nothing. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAuthenticator } from '../../gateway/auth/authenticator.ts';
import { BatonError } from '../../protocol/errors.ts';
import { readConfig } from '../../runtime/config.ts';
import { rounds } from '../harness/test-size.ts';
import { hostileString, hostileValue } from './hostile-values.ts';
import { newSeed } from './seed.ts';

const secret = 'the-secret-of-this-test-is-long-enough-4b1c';
const check = { seed: newSeed('tokens'), numRuns: rounds(300, 4_000) };
const settings = {
  AUTH_JWT_ISSUER: 'https://id.test',
  AUTH_JWT_AUDIENCE: 'baton',
  AUTH_TOKEN: 'ann:client:static-1,olga:ops:static-2',
};
const authenticator = createAuthenticator(readConfig({ AUTH_JWT_SECRET: secret, ...settings }));
const now = Math.floor(Date.now() / 1_000);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(header: Record<string, unknown>, claims: unknown, key = secret): string {
  const content = `${encode(header)}.${encode(claims)}`;
  const digest = header['alg'] === 'HS512' ? 'sha512' : 'sha256';
  return `${content}.${createHmac(digest, key).update(content).digest('base64url')}`;
}

async function expectRefused(token: string): Promise<void> {
  const outcome = await Promise.resolve()
    .then(() => authenticator.identify(token))
    .catch((error: unknown) => error);
  if (!(outcome instanceof BatonError)) throw new Error(`${token} was taken for ${JSON.stringify(outcome)}`);
  expect(outcome.code).toBe('unauthenticated');
  expect(outcome.message).not.toContain(secret);
  if (token.length > 8) expect(outcome.message).not.toContain(token);
}

const right = { sub: 'ann', iss: 'https://id.test', aud: 'baton', exp: now + 600, roles: ['client'] };

test('a token that is right is taken, so that the others are not refused for something else', async () => {
  expect(await authenticator.identify(sign({ alg: 'HS256' }, right))).toMatchObject({
    principal: { name: 'ann', roles: ['client'] },
  });
  expect(await authenticator.identify(sign({ alg: 'HS512', kid: '../../dev/null' }, right))).toMatchObject({
    principal: { name: 'ann' },
  });
  expect(authenticator.identify('static-1')).toMatchObject({ principal: { name: 'ann', roles: ['client'] } });
});

test('a header with another algorithm, key or extension than is taken here', async () => {
  const header = fc.oneof(
    fc
      .constantFrom('none', 'None', 'NONE', 'nOnE', '', 'RS256', 'ES256', 'PS512', 'EdDSA', 'HS1', 'hs256', 'dir')
      .map((alg) => ({ alg })),
    hostileValue.filter((alg) => alg !== 'HS256' && alg !== 'HS512').map((alg) => ({ alg })),
    fc.constantFrom(
      { alg: 'HS256', crit: ['exp'], exp: 1 },
      { alg: 'HS256', b64: false, crit: ['b64'] },
      { alg: 'HS256', zip: 'DEF', crit: ['zip'] },
      { alg: 'RS256', jwk: { kty: 'oct', k: encode('x') } },
      { alg: 'RS256', jku: 'http://127.0.0.1:1/keys', kid: "' OR 1=1" },
      { alg: 'ES256', x5u: 'file:///etc/passwd' },
    ),
  );
  const signature = fc.constantFrom('same', 'none', 'empty');
  await fc.assert(
    fc.asyncProperty(header, signature, async (given, kind) => {
      const token = sign(given, right);
      const content = token.slice(0, token.lastIndexOf('.'));
      await expectRefused(kind === 'same' ? token : kind === 'none' ? content : `${content}.`);
    }),
    check,
  );
});

test('claims that are missing, of a wrong type, past, to come or for others', async () => {
  const wrong = fc.oneof(
    hostileValue.filter((sub) => typeof sub !== 'string').map((sub) => ({ sub })),
    hostileString
      .filter((sub) => sub === '' || sub.length > 200 || !sub.isWellFormed() || /\p{Cc}/u.test(sub))
      .map((sub) => ({ sub })),
    fc.constant({ sub: undefined }),
    fc.integer({ min: -1_000_000, max: 0 }).map((late) => ({ exp: now + late })),
    hostileValue.filter((exp) => typeof exp !== 'number').map((exp) => ({ exp })),
    fc.integer({ min: 60, max: 1_000_000 }).map((early) => ({ nbf: now + early })),
    hostileValue.filter((nbf) => typeof nbf !== 'number').map((nbf) => ({ nbf })),
    hostileValue.filter((iss) => iss !== right.iss).map((iss) => ({ iss })),
    hostileValue
      .filter((aud) => aud !== right.aud && !(Array.isArray(aud) && aud.includes('baton')))
      .map((aud) => ({ aud })),
    hostileValue
      .filter(
        (roles) =>
          roles !== null &&
          typeof roles !== 'string' &&
          !(Array.isArray(roles) && roles.every((role) => typeof role === 'string')),
      )
      .map((roles) => ({ roles })),
  );
  await fc.assert(
    fc.asyncProperty(wrong, async (claims) => expectRefused(sign({ alg: 'HS256' }, { ...right, ...claims }))),
    check,
  );
  await fc.assert(
    fc.asyncProperty(hostileValue, async (claims) => expectRefused(sign({ alg: 'HS256' }, claims))),
    check,
  );
});

test('a signature by another key, or of something else', async () => {
  const key = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 80 }),
      fc.constantFrom(secret.slice(1), `${secret} `, secret.toUpperCase()),
    )
    .filter((given) => given !== secret);
  await fc.assert(
    fc.asyncProperty(key, async (given) => expectRefused(sign({ alg: 'HS256' }, right, given))),
    check,
  );
  const token = sign({ alg: 'HS256' }, right);
  const flipped = fc
    .tuple(
      fc.nat({ max: token.length - 1 }),
      fc.constantFrom('A', 'B', 'z', '0', '9', '-', '_', '.', '+', '/', '=', ' '),
    )
    .map(([at, other]) => token.slice(0, at) + other + token.slice(at + 1));
  await fc.assert(
    fc.asyncProperty(flipped, async (given) => {
      // The last character of base64url has bits that say nothing.
      const decode = (text: string) =>
        text
          .split('.')
          .map((part) => Buffer.from(part, 'base64url').toString('hex'))
          .join('.');
      if (given !== token && decode(given) !== decode(token)) await expectRefused(given);
    }),
    check,
  );
});

test('what is no token at all', async () => {
  const guess = fc.oneof(
    hostileString,
    fc.string({ maxLength: 400 }),
    fc.constantFrom(
      'static-',
      'static-11',
      'STATIC-1',
      'ann',
      'ann:client:static-1',
      'a.b.c',
      '..',
      'e30.e30.e30',
      'x'.repeat(16_000),
      '.'.repeat(16_000),
    ),
  );
  await fc.assert(fc.asyncProperty(guess, expectRefused), check);
});
