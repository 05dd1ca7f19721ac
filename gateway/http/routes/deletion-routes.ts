/** Deleting for good. */
import { BatonError } from '../../../protocol/errors.ts';
import {
  deleteOwnerQuerySchema,
  deleteQuerySchema,
  deletionSchema,
  ownerDeletionSchema,
} from '../../../protocol/schemas/deletion.ts';
import { json } from '../reply.ts';
import { defineRoute } from '../route.ts';

export const deletionRoutes = [
  defineRoute({
    method: 'delete',
    path: '/v1/runs/{run}',
    name: 'deleteRun',
    summary: 'Deletes an ended run for good, with all that it has stored; again changes nothing',
    access: 'ops',
    query: deleteQuerySchema,
    answers: {
      200: { description: 'what was there', schema: deletionSchema },
      202: { description: 'what was there; Temporal still deletes its log (`pending`)', schema: deletionSchema },
    },
    errors: ['run_not_ended'],
    async handle({ guard, run, query }) {
      const deleted = await guard.delete(run, query);
      return json(deleted.pending ? 202 : 200, deleted);
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/v1/runs',
    name: 'deleteOwner',
    summary: 'Deletes every run of an owner for good, where they are few',
    access: 'ops',
    query: deleteOwnerQuerySchema,
    answers: {
      200: { description: 'what was there', schema: ownerDeletionSchema },
      202: { description: 'what was there; Temporal still deletes logs (`pending`)', schema: ownerDeletionSchema },
    },
    errors: ['filter_needed', 'too_many_runs', 'run_not_ended'],
    async handle({ guard, query: { owner, all, terminate } }) {
      if (!all)
        throw new BatonError('filter_needed', `every run of ${owner} is meant: say so with all=1`, { field: 'all' });
      const deleted = await guard.deleteOwner(owner, { terminate });
      return json(deleted.runs.some(({ pending }) => pending) ? 202 : 200, deleted);
    },
  }),
];
