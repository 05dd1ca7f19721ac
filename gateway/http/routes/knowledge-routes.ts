import { knowledgePageSchema, knowledgeQuerySchema } from '../../../protocol/schemas/commands.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const knowledgeRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/knowledge/search',
    name: 'searchKnowledge',
    summary: 'Full-text search over what crawls have stored: a client in its own runs, ops in all',
    access: 'token',
    query: knowledgeQuerySchema,
    answers: { 200: { description: 'best first', schema: knowledgePageSchema } },
    errors: [],
    handle: ({ guard, query }) => json(200, { items: guard.searchKnowledge(query.q, query.limit), nextCursor: null }),
  }),
];
