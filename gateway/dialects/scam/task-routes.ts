/** Tasks over HTTP: begin one, look at one, cancel one. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BatonError } from '../../../protocol/errors.ts';
import { dialectIdPattern, reasonCharacters, scamTextCharacters } from '../../../protocol/limits.ts';
import type { Guard } from '../../auth/guard.ts';
import { json } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { readTranslated } from '../read-translated.ts';
import type { Translator } from '../translation.ts';
import { tellFault } from './faults.ts';
import { findRun, runs } from './find-run.ts';
import { requireTask } from './require-task.ts';
import type { ScamMessage, ScamTask } from './translation.ts';

export const taskIdSchema = z.string().regex(dialectIdPattern, 'letters, digits and . _ : -, 1 to 128 of them');

const analyzeSchema = z.object({
  text: z
    .string()
    .min(1)
    .max(scamTextCharacters)
    .refine((text) => text.trim() !== '', 'must not be blank'),
  task_id: taskIdSchema.nullish(),
});

const shape = { access: 'token', fault: tellFault } as const;

export function taskRoutes(translator: Translator<ScamTask, ScamMessage>): Route[] {
  return [
    defineRoute({
      ...shape,
      method: 'post',
      path: '/api/scam/analyze',
      name: 'scamAnalyze',
      summary: 'Check a message; its socket may be open already',
      body: analyzeSchema,
      answers: { 202: { description: 'queued' } },
      errors: ['invalid_request', 'run_exists', 'id_taken'],
      async handle({ guard, body }) {
        const task = body.task_id ?? guard.by.onlyTask ?? randomUUID();
        requireTask(guard, [task]);
        if ((await findRun(guard, task)) !== null) throw taskExists(task);
        const command = { blueprint: 'scam-analysis', input: { text: body.text }, id: runs.idOf(task) };
        const { created } = await guard.start(command, { dialect: 'scam' });
        if (!created) throw taskExists(task);
        return json(202, { task_id: task, status: 'queued', ws_path: `/ws/agent-progress/${task}` });
      },
    }),
    defineRoute({
      ...shape,
      method: 'get',
      path: '/api/scam/tasks/{task_id}',
      name: 'scamTask',
      summary: 'How far a check is, and what came of it',
      answers: { 200: { description: 'the task' } },
      errors: ['run_not_found'],
      async handle({ guard, param }, { engine }) {
        const task = param('task_id');
        const feed = await guard.open(await existing(guard, task));
        try {
          return json(200, view(task, await readTranslated(feed, task, { translator, runs: engine.runs })));
        } finally {
          feed[Symbol.dispose]();
        }
      },
    }),
    defineRoute({
      ...shape,
      method: 'post',
      path: '/api/scam/tasks/{task_id}/cancel',
      name: 'scamCancel',
      summary: 'Cancel a check',
      body: z.object({ reason: z.string().max(reasonCharacters).nullish() }),
      answers: { 202: { description: 'it is being cancelled' } },
      errors: ['run_not_found', 'run_ended'],
      async handle({ guard, param, body }) {
        const task = param('task_id');
        await guard.cancel(await existing(guard, task), body.reason == null ? {} : { reason: body.reason });
        return json(202, { task_id: task, status: 'cancelling' });
      },
    }),
  ];
}

async function existing(guard: Guard, task: string): Promise<string> {
  requireTask(guard, [task]);
  return await runs.find(guard, task);
}

function taskExists(task: string): BatonError {
  return new BatonError('run_exists', `task ${task} exists: choose another id`, { field: 'task_id' });
}

function view(task: string, state: ScamTask): object {
  const { status, step, percent, message, result, error, startedAt, finishedAt } = state;
  return {
    task_id: task,
    status,
    step,
    percent,
    message,
    result,
    error,
    started_at: startedAt,
    finished_at: finishedAt,
  };
}
