/** What others tell: reported entities, and progress that is made outside. */
import { z } from 'zod';
import { BatonError } from '../../../protocol/errors.ts';
import { idempotencyKeyCharacters, scamMessageCharacters } from '../../../protocol/limits.ts';
import { entityKinds } from '../../../stores/entities/entity-kind.ts';
import { entityName } from '../../../stores/entities/entity-name.ts';
import type { EntityReports } from '../../../stores/entities/entity-reports.ts';
import { parseWith } from '../../http/parse.ts';
import { json } from '../../http/reply.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { channelOf, type Audience } from './audience.ts';
import { tellFault } from './faults.ts';
import { findRun, runs } from './find-run.ts';
import { publicationOf, publicationSchema } from './publication.ts';
import { requireTask } from './require-task.ts';
import { taskIdSchema } from './task-routes.ts';

const reportSchema = z.object({
  entity: z.string().min(1).max(500),
  kind: z.enum(entityKinds),
  note: z.string().max(scamMessageCharacters).nullish(),
});

const shape = { method: 'post', access: 'token', fault: tellFault } as const;

export function reportRoutes(audience: Audience, reports: () => EntityReports): Route[] {
  return [
    defineRoute({
      ...shape,
      path: '/api/scam/reports',
      name: 'scamReport',
      summary: 'Report a number, a domain or a mail address: from then on checks find it',
      body: reportSchema,
      answers: { 201: { description: 'it is found from now on' } },
      errors: ['invalid_request', 'forbidden'],
      handle({ guard, body: { entity, kind, note } }) {
        guard.requireContributor();
        const name = entityName(kind, entity);
        if (name === null)
          throw new BatonError('invalid_request', `entity: ${JSON.stringify(entity)} is no ${kind}`, {
            field: 'entity',
          });
        const at = new Date().toISOString();
        const by = guard.by.authenticated ? guard.by.name : null;
        const report = { kind, entity: name, by, at, ...(note == null ? {} : { note }) };
        const { note: kept, count } = reports().report(report);
        return json(201, { entity: name, kind, note: kept, count });
      },
    }),
    defineRoute({
      ...shape,
      path: '/api/agent-progress/{task_id}',
      name: 'scamPublish',
      summary: 'Publish a record of progress; the first one begins the task, `completed` or `failed` ends it',
      headers: { 'idempotency-key': 'the same key again is the same record' },
      body: publicationSchema,
      answers: { 202: { description: 'it is in the log; `delivered` sockets of this gateway watch the task' } },
      errors: ['invalid_request', 'run_ended', 'run_exists', 'id_taken'],
      async handle({ guard, param, body, header }, { engine }) {
        const { task_id: task } = parseWith(z.object({ task_id: taskIdSchema }), { task_id: param('task_id') });
        requireTask(guard, [task]);
        const key = header('idempotency-key').slice(0, idempotencyKeyCharacters);
        const publication = { ...publicationOf(body), ...(key === '' ? {} : { requestId: key }) };
        const watching = audience.of(channelOf(task));
        const run = (await findRun(guard, task)) ?? runs.idOf(task);
        await guard.publish(run, publication, { dialect: 'scam' });
        const { owner } = await engine.runs.owner(run);
        const reached = watching.filter((watcher) => watcher.by.onlyTask === task || watcher.sees(owner));
        return json(202, { delivered: reached.length });
      },
    }),
  ];
}
