import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BatonError } from '../../../protocol/errors.ts';
import { docsPage, docsPolicy } from '../../openapi/docs-page.ts';
import { openApi } from '../../openapi/openapi.ts';
import { rawJson, type Reply } from '../reply.ts';
import { defineRoute, type Route } from '../route.ts';

const clientFile = fileURLToPath(new URL('../../../dist/client.js', import.meta.url));

/** Of the whole table, these routes included; it is made once. */
export function documentRoutes(others: readonly Route[]): Route[] {
  const routes: Route[] = [
    defineRoute({
      method: 'get',
      path: '/v1/openapi.json',
      name: 'openapi',
      summary: 'This document',
      access: 'open',
      answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
      errors: [],
      handle: () => rawJson(200, document(), { 'cache-control': 'no-cache' }),
    }),
    defineRoute({
      method: 'get',
      path: '/docs',
      name: 'docs',
      summary: 'This document as a page, with a form to try each address',
      access: 'open',
      answers: { 200: { description: 'the page', type: 'text/html' } },
      errors: [],
      handle: () => page(docsPage(document())),
    }),
    defineRoute({
      method: 'get',
      path: '/client.js',
      name: 'clientScript',
      summary: 'The client for browsers, an ES module',
      access: 'open',
      answers: { 200: { description: 'the module', type: 'text/javascript' } },
      errors: ['not_found'],
      handle: () => clientScript(),
    }),
  ];
  let text: string | null = null;
  const document = () => (text ??= JSON.stringify(openApi([...others, ...routes])));
  return routes;
}

async function clientScript(): Promise<Reply> {
  try {
    const body = await readFile(clientFile);
    return { kind: 'whole', status: 200, headers: { 'cache-control': 'no-cache' }, type: 'text/javascript', body };
  } catch (error) {
    throw new BatonError('not_found', 'the client has not been built: run npm run pack:client', {}, { cause: error });
  }
}

function page(body: string): Reply {
  return {
    kind: 'whole',
    status: 200,
    headers: { 'cache-control': 'no-cache', 'content-security-policy': docsPolicy },
    type: 'text/html; charset=utf-8',
    body,
  };
}
