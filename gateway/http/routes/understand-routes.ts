/** What happened in a run. */
import { timelineQuerySchema, timelineSchema } from '../../../protocol/schemas/timeline.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const understandRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/timeline',
    name: 'getTimeline',
    summary:
      'What happened, step by step: attempts, waits, tokens, questions, executions, lineage, what is pending now',
    access: 'token',
    query: timelineQuerySchema,
    answers: { 200: { description: 'a page of steps, oldest first, and the run', schema: timelineSchema } },
    errors: ['run_not_found'],
    handle: async ({ guard, run, query }) => json(200, await guard.timeline(run, query)),
  }),
];
