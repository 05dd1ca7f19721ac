/** What crawls have stored, and the log of the crawls, for clients that ask. */
import { json, nothing } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { CrawlLog } from './crawl-log.ts';
import { fault, noItem } from './faults.ts';
import { listOfItems } from './knowledge-items.ts';
import { logsQuerySchema, searchQuerySchema } from './schemas.ts';

export const itemRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/knowledge-items',
    name: 'knowledgeItems',
    summary: 'What crawls have stored, newest first: to a client its own, to ops all',
    access: 'token',
    answers: { 200: { description: 'the items' } },
    errors: [],
    fault,
    handle: ({ guard }) => json(200, listOfItems(guard.knowledgeSources())),
  }),
  defineRoute({
    method: 'get',
    path: '/api/knowledge-items/search',
    name: 'searchKnowledgeItems',
    summary: 'Full-text search over the items',
    access: 'token',
    query: searchQuerySchema,
    answers: { 200: { description: 'best first' } },
    errors: ['invalid_request'],
    fault,
    handle: ({ guard, query }) => {
      const hits = guard.searchKnowledge(query.q, query.limit);
      const results = hits.map(({ url, text, score, sourceId }) => ({ url, chunk: text, score, source_id: sourceId }));
      return json(200, { results });
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/api/knowledge-items/{source_id}',
    name: 'deleteKnowledgeItem',
    summary: 'Deletes an item with all its chunks',
    access: 'token',
    answers: { 204: { description: 'gone' } },
    errors: ['not_found'],
    fault,
    handle: ({ guard, param }) => {
      const sourceId = param('source_id');
      if (!guard.removeKnowledge(sourceId)) throw noItem(sourceId);
      return nothing(204);
    },
  }),
];

export function logRoutes(crawlLog: CrawlLog): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/mcp/logs',
      name: 'crawlLogs',
      summary: 'The latest lines of the server log, oldest first',
      access: 'token',
      query: logsQuerySchema,
      answers: { 200: { description: 'the lines' } },
      errors: ['invalid_request'],
      fault,
      handle: async ({ guard, query }) => {
        const holding = crawlLog.hold();
        try {
          await crawlLog.ready();
          await crawlLog.catchUp();
        } finally {
          holding[Symbol.dispose]();
        }
        const lines = crawlLog.latest({ limit: query.limit, sees: (owner) => guard.sees(owner) });
        return json(200, { logs: lines.map(({ timestamp, level, message }) => ({ timestamp, level, message })) });
      },
    }),
  ];
}
