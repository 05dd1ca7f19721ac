/** Whether the code of the workers still does what a run's stored histories say. */
import { runViewSchema } from '../../../protocol/schemas/state.ts';
import { verificationSchema } from '../../../protocol/schemas/verification.ts';
import { verifyRun } from '../../verify/verify-run.ts';
import { json } from '../reply.ts';
import { defineRoute, type Route } from '../route.ts';
import { emptySchema } from './empty-schema.ts';

export const verifyRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/runs/{run}/verify',
    name: 'verifyRun',
    summary: 'Replays the stored histories of a run on the code of the workers; the run is not touched (role ops)',
    access: 'ops',
    body: emptySchema,
    answers: {
      200: { description: 'what was found', schema: verificationSchema },
      202: { description: 'no worker has it yet: the run of `baton-verify` that will tell', schema: runViewSchema },
    },
    errors: ['run_not_found', 'forbidden'],
    async handle({ guard, run }) {
      const { verification, job } = await verifyRun(guard, run);
      return verification === null ? json(202, job) : json(200, verification);
    },
  }),
];
