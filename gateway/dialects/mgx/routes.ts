import { z } from 'zod';
import { listPageDefault, listPageMax } from '../../../protocol/limits.ts';
import { cursorSchema } from '../../../protocol/schemas/commands.ts';
import { mgxInputSchema } from '../../../workflows/mgx-tasks/contract.ts';
import { json } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { faultReply } from '../dialect-fault.ts';
import { listTasks } from './list-tasks.ts';
import { taskStatuses } from './messages.ts';
import { taskObject } from './task-state.ts';
import { faults, type Tasks } from './tasks.ts';

/** Keys that it does not know are no fault: the page's own may come with them. */
const createSchema = z.object({
  input_prompt: mgxInputSchema.shape.prompt,
  title: mgxInputSchema.shape.title.optional(),
  test_mode: z.boolean().optional(),
});

const listSchema = z.object({
  limit: cursorSchema.pipe(z.int().min(1).max(listPageMax)).default(listPageDefault),
  offset: cursorSchema.default(0),
  status: z.preprocess((value) => (value === '' ? undefined : value), z.enum(taskStatuses).optional()),
});

const emptySchema = z.unknown();
const task = { description: 'the task' };
const shared = { access: 'token', fault: faultReply(faults) } as const;

export function taskRoutes(tasks: Tasks): Route[] {
  return [
    defineRoute({
      ...shared,
      method: 'post',
      path: '/api/tasks',
      name: 'mgxCreateTask',
      summary: 'Takes a task, and waits until it is watched or run',
      body: createSchema,
      answers: { 201: task },
      errors: [],
      async handle({ guard, body }) {
        const { input_prompt: prompt, title = null, test_mode: testMode = false } = body;
        return json(201, taskObject(await tasks.create(guard, { prompt, title, testMode })));
      },
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/tasks',
      name: 'mgxListTasks',
      summary: 'Tasks, newest first',
      query: listSchema,
      answers: { 200: { description: 'tasks, and how many there are' } },
      errors: [],
      handle: async ({ guard, query }) => json(200, await listTasks(tasks, guard, query)),
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/tasks/{task}',
      name: 'mgxGetTask',
      summary: 'A task',
      answers: { 200: task },
      errors: ['run_not_found'],
      handle: async ({ guard, param }) =>
        json(200, taskObject(await tasks.read(guard, await tasks.find(guard, param('task'))))),
    }),
    defineRoute({
      ...shared,
      method: 'get',
      path: '/api/tasks/{task}/events',
      name: 'mgxReadEvents',
      summary: 'Events after an event_id',
      query: z.object({ after: cursorSchema.default(0) }),
      answers: { 200: { description: 'events in order' } },
      errors: ['run_not_found', 'cursor_ahead'],
      async handle({ guard, param, query: { after } }) {
        const events = await tasks.events(guard, await tasks.find(guard, param('task')), after);
        return json(200, { events, next: events.at(-1)?.event_id ?? after });
      },
    }),
    command(tasks, 'run', 'Begins it; one that is at work goes on', (guard, run) => tasks.run(guard, run)),
    command(tasks, 'retry', 'Takes one that has failed or was cancelled anew', (guard, run) => tasks.retry(guard, run)),
    command(tasks, 'cancel', 'Cancels it', async (guard, run) => {
      await guard.cancel(run, {});
      return await tasks.read(guard, run);
    }),
  ];
}

function command(tasks: Tasks, name: string, summary: string, act: Tasks['run']): Route {
  return defineRoute({
    ...shared,
    method: 'post',
    path: `/api/tasks/{task}/${name}`,
    name: `mgx-${name}`,
    summary,
    body: emptySchema,
    answers: { 202: task },
    errors: ['run_not_found', 'run_ended'],
    async handle({ guard, param }) {
      const run = await tasks.find(guard, param('task'));
      return json(202, taskObject(await act(guard, run)));
    },
  });
}
