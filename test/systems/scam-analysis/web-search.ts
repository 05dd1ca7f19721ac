/** What Exa is to a check: answers by the entity that is asked for. `hits-N` in it are N reports, `down` is a failure, `silent` is no answer. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebSearch {
  readonly url: string;
  /** What was asked, each with its key. */
  readonly asked: { query: string; key: unknown; isGone: () => boolean }[];
  stop(): Promise<void>;
}

/** `delayMs`: how long it takes to find something. */
export async function startWebSearch({ delayMs = 0 }: { delayMs?: number } = {}): Promise<WebSearch> {
  const asked: WebSearch['asked'] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { query } = JSON.parse(text) as { query: string };
      asked.push({ query, key: request.headers['x-api-key'], isGone: () => response.destroyed });
      const entity = /"([^"]*)"/.exec(query)?.[1] ?? '';
      if (entity.includes('silent')) return;
      response.statusCode = entity.includes('down') ? 503 : 200;
      const hits = Number(/hits-(\d)/.exec(entity)?.[1] ?? 0);
      const results = Array.from({ length: hits }, (_, index) => ({
        title: `Scam report ${index + 1} of ${entity}`,
        url: `http://reports.test/${index}`,
        text: 'somebody complains',
      }));
      setTimeout(() => response.end(JSON.stringify({ results })), delayMs);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
