import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { discoveryRetryMs } from '../../protocol/limits.ts';
import { createLog } from '../../runtime/log.ts';
import { OpenIdProvider } from './openid-provider.ts';
import { pagePolicy } from './page-policy.ts';

let server: Server;
let answers: (() => { status: number; body: unknown })[];
async function providerAt(...given: typeof answers): Promise<OpenIdProvider> {
  answers = given;
  server = createServer((_request, response) => {
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0])?.() ?? { status: 500, body: null };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm/`;
  const settings = { authority, clientId: 'console', scope: 'openid', token: 'access_token' } as const;
  return new OpenIdProvider(settings, createLog('test', 'silent'));
}
afterEach(() => void server.close());

const elsewhere = () => ({
  status: 200,
  body: { token_endpoint: 'https://tokens.example/token', userinfo_endpoint: 'https://api.example/me', more: 1 },
});
const own = ({ settings }: OpenIdProvider) => new URL(settings.authority).origin;

test('the page may reach the provider and wherever its endpoints are', async () => {
  const provider = await providerAt(elsewhere);
  const origins = await provider.origins();
  expect(origins).toEqual([own(provider), 'https://tokens.example', 'https://api.example']);
  expect(pagePolicy('n', origins)).toContain(`connect-src 'self' ${origins.join(' ')};`);
});

test('one that does not answer is asked again later, and is known by its own address until then', async () => {
  const provider = await providerAt(() => ({ status: 503, body: null }), elsewhere);
  expect(await provider.origins(0)).toEqual([own(provider)]);
  expect(await provider.origins(discoveryRetryMs - 1)).toEqual([own(provider)]);
  expect(await provider.origins(discoveryRetryMs)).toHaveLength(3);
});

test('what it has told stays true where it does not answer later', async () => {
  const provider = await providerAt(elsewhere, () => ({ status: 200, body: { token_endpoint: 'nonsense' } }));
  expect(await provider.origins(0)).toHaveLength(3);
  expect(await provider.origins(discoveryRetryMs)).toHaveLength(3);
});
