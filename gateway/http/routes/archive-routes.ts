import { archivePageSchema, archiveQuerySchema } from '../../../protocol/schemas/archive.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const archiveRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/archive',
    name: 'listArchive',
    summary: 'Archived runs, the one that ended last first: a client its own, ops all. They are read as any other run',
    access: 'token',
    query: archiveQuerySchema,
    answers: { 200: { description: 'a page of archived runs', schema: archivePageSchema } },
    errors: ['forbidden', 'not_found', 'archive_down'],
    handle: async ({ guard, query }) => json(200, await guard.archive(query)),
  }),
];
