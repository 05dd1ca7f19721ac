import { blueprintsPageSchema } from '../../../protocol/schemas/commands.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const blueprintRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/blueprints',
    name: 'listBlueprints',
    summary: 'What can be started, with the schema of its input and an example',
    access: 'token',
    answers: { 200: { description: 'every blueprint', schema: blueprintsPageSchema } },
    errors: [],
    handle: ({ guard }) => json(200, { items: guard.blueprints(), nextCursor: null }),
  }),
];
