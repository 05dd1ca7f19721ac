/** The console: one page for all of its addresses, its files, and what it must know before anybody has signed in. */
import { z } from 'zod';
import { BatonError } from '../../protocol/errors.ts';
import { nothing, type Reply } from '../http/reply.ts';
import { defineRoute, type Call, type Route } from '../http/route.ts';
import { chooseEncoding, consoleFile, type ConsoleFile } from './console-files.ts';
import type { OpenIdProvider } from './openid-provider.ts';
import { newNonce, pagePolicy, reportPath } from './page-policy.ts';

/** As console/app/router.tsx has them: a page that is opened by its link is the same page. */
const pages = [
  '/',
  '/start',
  '/start/{blueprint}',
  '/runs',
  '/runs/{run}',
  '/runs/{run}/{tab}',
  '/questions',
  '/failures',
  '/jobs',
  '/jobs/{run}',
  '/compare',
  '/system',
  '/sign-in',
  '/signed-in',
] as const;

const aYear = 'public, max-age=31536000, immutable';

const page = (path: string, provider: OpenIdProvider | null) =>
  defineRoute({
    method: 'get',
    path,
    name: `console ${path}`,
    summary: 'The console',
    access: 'open',
    answers: { 200: { description: 'the page', type: 'text/html' } },
    errors: ['not_found'],
    handle: (_call, { config }) => indexPage(config.authenticationOn, provider),
  });

export function consoleRoutes(provider: OpenIdProvider | null): readonly Route[] {
  return [...pages.map((path) => page(path, provider)), ...files];
}

const files: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/assets/{file}',
    name: 'consoleFile',
    summary: 'A file of the console',
    access: 'open',
    answers: { 200: { description: 'the file' }, 304: { description: 'it is the one that the browser has' } },
    errors: ['not_found'],
    handle: (call) => asset(call),
  }),
  defineRoute({
    method: 'post',
    path: reportPath,
    name: 'consolePolicyReport',
    summary: 'What the policy of the page has kept from happening',
    access: 'open',
    body: z.unknown(),
    answers: { 204: { description: 'it was logged' } },
    errors: ['body_too_large'],
    handle({ body }, { log, metrics }) {
      metrics.policyReports.inc();
      log.warn({ report: JSON.stringify(body).slice(0, reportCharacters) }, 'the console was kept from something');
      return nothing(204);
    },
  }),
];

const reportCharacters = 2_000;

async function indexPage(authentication: boolean, provider: OpenIdProvider | null): Promise<Reply> {
  const file = await built('index.html');
  const nonce = newNonce();
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(nonce, (await provider?.origins()) ?? []),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
  const settings = JSON.stringify({ authentication, oidc: provider?.settings ?? null });
  const body = Buffer.from(file.encodings.identity)
    .toString('utf8')
    .replaceAll('NONCE', nonce)
    .replace('SETTINGS', () => escapeAttribute(settings));
  return { kind: 'whole', status: 200, headers, type: file.type, body };
}

async function asset({ param, header }: Call<unknown, unknown>): Promise<Reply> {
  const file = await built(param('file'));
  const encoding = chooseEncoding(file, header('accept-encoding'));
  const headers = { 'cache-control': aYear, etag: file.etag, vary: 'Accept-Encoding' };
  if (header('if-none-match') === file.etag) return nothing(304, headers);
  const body = file.encodings[encoding] ?? file.encodings.identity;
  const encoded = encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding };
  return { kind: 'whole', status: 200, headers: encoded, type: file.type, body };
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

async function built(name: string): Promise<ConsoleFile> {
  const file = await consoleFile(name);
  if (file !== null) return file;
  const said = name === 'index.html' ? 'the console has not been built: run npm run build:console' : `no file ${name}`;
  throw new BatonError('not_found', said);
}
