/** Bulk jobs: one act on every run that fits a filter. */
import { z } from 'zod';
import {
  bulkSchema,
  jobPreviewSchema,
  jobResultsPageSchema,
  jobResultsQuerySchema,
  jobSchema,
  jobsPageSchema,
  jobsQuerySchema,
} from '../../../protocol/schemas/jobs.ts';
import { previewJob } from '../../jobs/preview-job.ts';
import { readJob, readJobResults } from '../../jobs/read-job.ts';
import { startJob } from '../../jobs/start-job.ts';
import { present } from '../../present.ts';
import { json } from '../reply.ts';
import { defineRoute, type Route } from '../route.ts';
import { dryRunQuerySchema, isDryRun } from './dry-run.ts';

const job = { description: 'the job', schema: jobSchema };

export const jobRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/jobs',
    name: 'startJob',
    summary: 'Does the same to every run that fits, at a pace, once to each (role ops)',
    access: 'ops',
    query: dryRunQuerySchema,
    body: bulkSchema,
    answers: {
      201: { ...job, description: 'it has begun' },
      200: {
        description: 'it had begun before: the same request; or with `dryRun` to how many runs it would be done',
        schema: z.union([jobSchema, jobPreviewSchema]),
      },
    },
    errors: ['forbidden', 'filter_needed', 'invalid_input'],
    async handle({ guard, query, body: { dryRun, ...bulk } }) {
      if (isDryRun(query, { dryRun })) return json(200, await previewJob(guard, bulk));
      const started = await startJob(guard, bulk);
      const location = `/v1/jobs/${encodeURIComponent(started.job.id)}`;
      return json(started.created ? 201 : 200, started.job, { location });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/jobs',
    name: 'listJobs',
    summary: 'Bulk jobs, newest first (role ops)',
    access: 'ops',
    query: jobsQuerySchema,
    answers: { 200: { description: 'a page of jobs', schema: jobsPageSchema } },
    errors: ['forbidden', 'invalid_cursor'],
    handle: async ({ guard, query }) => json(200, await guard.jobs(present(query))),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/jobs/{run}',
    name: 'getJob',
    summary: 'A bulk job with its counts (role ops); its log and its cancel are those of the run of that id',
    access: 'ops',
    answers: { 200: job },
    errors: ['forbidden', 'run_not_found'],
    handle: async ({ guard, run }) => json(200, await readJob(guard, run)),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/jobs/{run}/results',
    name: 'getJobResults',
    summary: 'What came of each run, in the order in which they were acted on (role ops)',
    access: 'ops',
    query: jobResultsQuerySchema,
    answers: {
      200: { description: 'a page of results; more may come while the job is open', schema: jobResultsPageSchema },
    },
    errors: ['forbidden', 'run_not_found'],
    handle: async ({ guard, run, query }) => json(200, await readJobResults(guard, run, present(query))),
  }),
];
