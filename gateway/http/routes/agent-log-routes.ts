/** What agents have written with the log of their context. */
import { logLinesSchema, runLogsQuerySchema, systemLogsQuerySchema } from '../../../protocol/schemas/agent-logs.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const agentLogRoutes = [
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}/logs',
    name: 'readRunLogs',
    summary: 'What the agents of the run have logged, the oldest first; events are what they have told, see `/events`',
    access: 'token',
    query: runLogsQuerySchema,
    answers: { 200: { description: 'a page of lines, in the order of their ids', schema: logLinesSchema } },
    errors: ['run_not_found'],
    handle: async ({ guard, run, query }) => json(200, await guard.runLogs(run, query)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/system/logs',
    name: 'readSystemLogs',
    summary: 'What agents have logged over all runs: the newest, or what comes after or before a line (role ops)',
    access: 'ops',
    query: systemLogsQuerySchema,
    answers: { 200: { description: 'a page of lines, in the order of their ids', schema: logLinesSchema } },
    errors: ['forbidden'],
    handle: ({ guard, query }) => json(200, guard.systemLogs(query)),
  }),
];
