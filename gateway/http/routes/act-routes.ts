/** What ops do to one run. Each says first what it would repeat: `dryRun`. */
import { z } from 'zod';
import type { ErrorCode } from '../../../protocol/errors.ts';
import {
  forkSchema,
  pauseSchema,
  predictionSchema,
  resetSchema,
  resumeSchema,
  retrySchema,
  retryStepSchema,
  terminateSchema,
  unpauseSchema,
} from '../../../protocol/schemas/commands.ts';
import { runViewSchema } from '../../../protocol/schemas/state.ts';
import { present } from '../../present.ts';
import { json } from '../reply.ts';
import { defineRoute, type Route } from '../route.ts';
import { commandOptions } from './command-options.ts';
import { created } from './created.ts';
import { dryRunQuerySchema, isDryRun } from './dry-run.ts';

const run = { description: 'the run', schema: runViewSchema };
const prediction = {
  description: 'the run, or with `dryRun` what would be repeated',
  schema: z.union([runViewSchema, predictionSchema]),
};
const headers = { 'idempotency-key': 'the same command with the same key again does nothing, and answers as before' };
const common = ['run_not_found', 'forbidden', 'run_moved', 'idempotency_conflict'] satisfies ErrorCode[];
const edited = [
  'step_unknown',
  'step_expired',
  'invalid_input',
  'invalid_state',
  'invalid_answer',
] satisfies ErrorCode[];

export const actRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/retry',
    name: 'retryRun',
    summary: 'The same input once more, in the same log (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: retrySchema,
    headers,
    answers: { 200: prediction },
    errors: [...common, 'run_not_ended'],
    async handle({ guard, run: id, query, body, header }) {
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'retry' }));
      return json(200, await guard.retry(id, commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/resume',
    name: 'resumeRun',
    summary: 'An ended run goes on from the step that failed, in the same log (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: resumeSchema,
    headers,
    answers: { 200: prediction },
    errors: [...common, ...edited, 'run_not_ended', 'run_not_failed'],
    async handle({ guard, run: id, query, body, header }) {
      const command = present({ edits: body.edits });
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'resume', ...command }));
      return json(200, await guard.resume(id, command, commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/reset',
    name: 'resetRun',
    summary: 'Goes on from the state as it was at a step, edited or not (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: resetSchema,
    headers,
    answers: { 200: prediction },
    errors: [...common, ...edited],
    async handle({ guard, run: id, query, body, header }) {
      const command = present({ step: body.step, edits: body.edits });
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'reset', ...command }));
      return json(200, await guard.reset(id, command, commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/fork',
    name: 'forkRun',
    summary: 'The same to a new run; the original stays as it is (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: forkSchema,
    headers,
    answers: { 201: { ...run, description: 'the new run' }, 200: prediction },
    errors: [...common, ...edited, 'reserved_id', 'run_exists'],
    async handle({ guard, run: id, query, body, header }) {
      const command = present({ step: body.step, id: body.id, edits: body.edits });
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'fork', ...command }));
      return created(await guard.fork(id, command, commandOptions(body, header)), true);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/pause',
    name: 'pauseRun',
    summary: 'The run waits before its next decision; with a step, that step waits before its next attempt (role ops)',
    access: 'token',
    body: pauseSchema,
    headers,
    answers: { 200: run },
    errors: [...common, 'run_ended', 'step_unknown'],
    async handle({ guard, run: id, body, header }) {
      const command = present({ step: body.step, reason: body.reason });
      return json(200, await guard.pause(id, command, commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/unpause',
    name: 'unpauseRun',
    summary: 'A paused run, or a paused step, goes on (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: unpauseSchema,
    headers,
    answers: { 200: prediction },
    errors: [...common, 'run_ended', 'not_paused', 'step_unknown', 'replay_failed', 'not_verified'],
    async handle({ guard, run: id, query, body, header }) {
      const command = present({ step: body.step });
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'unpause', ...command }));
      const { force } = body;
      return json(200, await guard.unpause(id, present({ ...command, force }), commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/retry-step',
    name: 'retryStep',
    summary: 'The next attempt of a step begins at once (role ops)',
    access: 'token',
    query: dryRunQuerySchema,
    body: retryStepSchema,
    headers,
    answers: { 200: prediction },
    errors: [...common, 'run_ended', 'step_unknown', 'replay_failed', 'not_verified'],
    async handle({ guard, run: id, query, body, header }) {
      const command = present({ step: body.step });
      if (isDryRun(query, body)) return json(200, await guard.predict(id, { command: 'retry-step', ...command }));
      const { force } = body;
      return json(200, await guard.retryStep(id, present({ ...command, force }), commandOptions(body, header)));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/terminate',
    name: 'terminateRun',
    summary: 'Ends a run at once, whatever it does (role ops)',
    access: 'token',
    body: terminateSchema,
    headers,
    answers: { 200: run },
    errors: [...common, 'run_ended'],
    async handle({ guard, run: id, body, header }) {
      return json(200, await guard.terminate(id, present({ reason: body.reason }), commandOptions(body, header)));
    },
  }),
];
