import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { assertWebhookUrl } from './webhook-address.ts';
import { openWebhooks, type Webhooks } from './webhook.ts';

const secret = Buffer.alloc(32, 3).toString('base64');
const message = { id: 'r:1', body: '{}' };
const never = new AbortController().signal;
let server: Server | null = null;
let webhooks: Webhooks | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await webhooks?.close();
  webhooks = null;
});

async function listen(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function open(settings: { url?: string; allowPrivate?: boolean; isSigned?: boolean } = {}): Webhooks {
  const { url, allowPrivate = false, isSigned = true } = settings;
  webhooks = openWebhooks({
    BATON_WEBHOOK_URL: url,
    BATON_WEBHOOK_SECRET: isSigned ? secret : undefined,
    BATON_WEBHOOK_ALLOW_PRIVATE: allowPrivate,
  });
  return webhooks;
}

test("the operator's webhook may be private, a run's own may not, by its address or by its name", async () => {
  let posts = 0;
  const url = await listen((_, response) => {
    posts++;
    response.writeHead(204).end();
  });
  const own = open({ url });
  expect(await own.post({ to: 'operator' }, message, never)).toBeNull();
  expect(await own.post({ to: 'run', url }, message, never)).toMatch(/BATON_WEBHOOK_ALLOW_PRIVATE/);
  const byName = url.replace('127.0.0.1', 'localhost');
  expect(await own.post({ to: 'run', url: byName }, message, never)).toMatch(/BATON_WEBHOOK_ALLOW_PRIVATE/);
  expect(posts).toBe(1);
});

test('a redirect is not followed, and an error says which', async () => {
  let posts = 0;
  const url = await listen((_, response) => {
    posts++;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await open({ allowPrivate: true }).post({ to: 'run', url }, message, never)).toBe('it answered 307');
  expect(posts).toBe(1);
});

test('a receiver that is not there is told of, without the secret', async () => {
  const own = open({ url: 'http://127.0.0.1:1/' });
  const fault = await own.post({ to: 'operator' }, message, never);
  expect(fault).toMatch(/ECONNREFUSED/);
  expect(fault).not.toContain(secret);
});

test('a worker without the settings does not take it for told', async () => {
  expect(await open().post({ to: 'operator' }, message, never)).toMatch(/BATON_WEBHOOK_URL/);
  const unsigned = open({ url: 'http://127.0.0.1:1/', isSigned: false });
  expect(await unsigned.post({ to: 'operator' }, message, never)).toMatch(/BATON_WEBHOOK_SECRET/);
});

test.each([
  'http://127.0.0.1/',
  'http://[::1]:80/',
  'https://10.1.2.3/x',
  'http://localhost:80/',
  'http://2130706433/',
])('%s is refused at the start', (url) => {
  expect(() => assertWebhookUrl(url)).toThrow(/is not a public address/);
});

test('public addresses and names are taken', () => {
  for (const url of ['https://hooks.example/x', 'https://8.8.8.8/']) expect(() => assertWebhookUrl(url)).not.toThrow();
});
