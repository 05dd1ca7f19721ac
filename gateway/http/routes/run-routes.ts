import { cancelSchema, messageSchema, runsPageSchema, startSchema } from '../../../protocol/schemas/commands.ts';
import {
  failureGroupsSchema,
  runCountSchema,
  runsFilterSchema,
  runsQuerySchema,
} from '../../../protocol/schemas/runs-query.ts';
import { runViewSchema } from '../../../protocol/schemas/state.ts';
import { present } from '../../present.ts';
import { json, nothing } from '../reply.ts';
import { defineRoute } from '../route.ts';
import { commandOptions, idempotencyKey } from './command-options.ts';
import { created } from './created.ts';
import { emptySchema } from './empty-schema.ts';

const run = { description: 'the run', schema: runViewSchema };

export const runRoutes = [
  defineRoute({
    method: 'post',
    path: '/v1/runs',
    name: 'startRun',
    summary: 'Starts a run; the same id and input again is the same run',
    access: 'token',
    body: startSchema,
    headers: { 'idempotency-key': 'the same key and request again is the same run, for whom the id is made' },
    answers: { 201: { ...run, description: 'it has begun' }, 200: { ...run, description: 'it had begun before' } },
    errors: [
      'blueprint_not_found',
      'blueprint_unavailable',
      'invalid_input',
      'reserved_id',
      'run_exists',
      'id_taken',
      'idempotency_conflict',
    ],
    async handle({ guard, body, header }) {
      const started = await guard.start(
        present(body),
        present({ idempotencyKey: idempotencyKey(header('idempotency-key')) }),
      );
      return created(started.run, started.created);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs',
    name: 'listRuns',
    summary: 'Runs, newest first: a client its own, a human those with an open question addressed to it, ops all',
    access: 'token',
    query: runsQuerySchema,
    answers: { 200: { description: 'a page of runs', schema: runsPageSchema } },
    errors: ['invalid_cursor'],
    handle: async ({ guard, query }) => json(200, await guard.list(query)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs/count',
    name: 'countRuns',
    summary: 'How many runs fit, by status',
    access: 'token',
    query: runsFilterSchema,
    answers: { 200: { description: 'the count', schema: runCountSchema } },
    errors: ['forbidden'],
    handle: async ({ guard, query }) => json(200, await guard.count(query)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs/groups',
    name: 'groupFailures',
    summary: 'Failed runs that fit, by error code, step and worker build, with an example each',
    access: 'token',
    query: runsFilterSchema,
    answers: { 200: { description: 'the groups, the largest first', schema: failureGroupsSchema } },
    errors: ['forbidden'],
    handle: async ({ guard, query }) => json(200, await guard.failureGroups(query)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/runs/{run}',
    name: 'getRun',
    summary: 'The state of a run',
    access: 'token',
    answers: { 200: run },
    errors: ['run_not_found'],
    handle: async ({ guard, run: id }) => json(200, await guard.state(id)),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/begin',
    name: 'beginRun',
    summary: 'Begins a run that was started with `hold: true`',
    access: 'token',
    body: emptySchema,
    answers: { 202: { description: 'it begins' } },
    errors: ['run_not_found', 'run_not_pending'],
    async handle({ guard, run: id }) {
      await guard.begin(id);
      return nothing(202);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/messages',
    name: 'sendMessage',
    summary: 'The next message of a session: the run goes on after its end',
    access: 'token',
    body: messageSchema,
    headers: { 'idempotency-key': 'the same message with the same key again does nothing, and answers as before' },
    answers: { 200: run },
    errors: ['run_not_found', 'run_not_ended', 'invalid_input', 'run_moved', 'idempotency_conflict'],
    handle: async ({ guard, run: id, body, header }) =>
      json(200, await guard.message(id, body.input, commandOptions(body, header))),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/cancel',
    name: 'cancelRun',
    summary: 'Cancels a run; again while it is cancelling changes nothing',
    access: 'token',
    body: cancelSchema,
    answers: { 202: { description: 'it is being cancelled' } },
    errors: ['run_not_found', 'run_ended', 'run_moved'],
    async handle({ guard, run: id, body: { ifSeq, ...command } }) {
      await guard.cancel(id, present(command), present({ ifSeq }));
      return nothing(202);
    },
  }),
];
