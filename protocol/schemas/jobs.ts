/** Bulk jobs: one act on every run that fits a filter. */
import { z } from 'zod';
import {
  bulkPerSecondDefault,
  bulkPerSecondMax,
  bulkPerSecondMin,
  reasonCharacters,
  runNameCharacters,
} from '../limits.ts';
import { editsSchema, predictionSchema } from './commands.ts';
import { countParam, runsFilterKeys, runsFilterSchema } from './runs-query.ts';
import { runErrorSchema, runStatusSchema } from './state.ts';

/** As everywhere else, but a key that is unknown is refused: a misspelt one would say nothing, and let all runs fit. */
const jobFilterSchema = runsFilterSchema.superRefine((filter, faults) => {
  for (const key of Object.keys(filter)) {
    if (runsFilterKeys.has(key) || key.startsWith('attr.')) continue;
    const message = `no such key; there are ${[...runsFilterKeys].join(', ')}, attr.NAME`;
    faults.addIssue({ code: 'custom', path: [key], message });
  }
});

const step = z.string().min(1).max(runNameCharacters).describe('as in codesmith#2');
const reason = z.string().max(reasonCharacters).optional();
const edits = editsSchema.optional();
const force = z.boolean().optional().describe('true: also where the code of the workers does not fit the run');
const terminate = z.boolean().optional().describe('true: a run that has not ended is terminated first');
const onMany = {
  filter: jobFilterSchema.optional().describe('the runs that are meant, as `GET /v1/runs` takes it'),
  all: z.literal(true).optional().describe('must be said where the filter says nothing'),
  perSecond: z
    .number()
    .min(bulkPerSecondMin)
    .max(bulkPerSecondMax)
    .default(bulkPerSecondDefault)
    .describe('runs that are begun with in a second'),
  dryRun: z.boolean().optional().describe('true: nothing is done; the answer says to how many runs it would be'),
};

export const bulkSchema = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('retry'), ...onMany }),
    z.strictObject({ action: z.literal('resume'), edits, ...onMany }),
    z.strictObject({ action: z.literal('reset'), step, edits, ...onMany }),
    z.strictObject({ action: z.literal('fork'), step: step.optional(), edits, ...onMany }),
    z.strictObject({ action: z.literal('pause'), step: step.optional(), reason, ...onMany }),
    z.strictObject({ action: z.literal('unpause'), step: step.optional(), force, ...onMany }),
    z.strictObject({ action: z.literal('retry-step'), step: step.optional(), force, ...onMany }),
    z.strictObject({ action: z.literal('cancel'), reason, mode: z.enum(['graceful', 'now']).optional(), ...onMany }),
    z.strictObject({ action: z.literal('terminate'), reason, ...onMany }),
    z.strictObject({ action: z.literal('delete'), terminate, ...onMany }),
  ])
  .meta({ id: 'Bulk' });
export type Bulk = z.infer<typeof bulkSchema>;

type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;
/** What is done to each run. */
export type RunAct = Without<Bulk, keyof typeof onMany>;

/** Whether every run fits. */
export function meansAll({ filter = {} }: Pick<Bulk, 'filter'>): boolean {
  return Object.values(filter).every((value) => value === undefined || value === '');
}

export const filterNeeded = 'the filter says nothing, so every run is meant: give one, or say `all: true`';

/** Input of the blueprint `baton-bulk`. */
export const bulkInputSchema = bulkSchema.refine((bulk) => bulk.all === true || !meansAll(bulk), {
  path: ['filter'],
  error: filterNeeded,
});

export const jobResultSchema = z
  .object({
    run: z.string(),
    outcome: z
      .enum(['done', 'refused', 'failed'])
      .describe('refused: the run is in no state for it; failed: it could not be tried'),
    code: z.string().optional(),
    message: z.string().optional(),
    fork: z.string().optional().describe('the new run'),
  })
  .meta({ id: 'JobResult' });
export type JobResult = z.infer<typeof jobResultSchema>;

export const jobCountsSchema = z.object({ done: z.int(), refused: z.int(), failed: z.int() });
export type JobCounts = z.infer<typeof jobCountsSchema>;

const countsByStatus = {
  count: z.int(),
  byStatus: z.record(z.string(), z.int()).describe('status → runs; only those that there are'),
};

/** A job is a run: its log, its cancel and its pause are those of the run of the same id. */
export const jobSchema = z
  .object({
    id: z.string(),
    action: z.string(),
    filter: z.record(z.string(), z.unknown()),
    perSecond: z.number(),
    status: runStatusSchema,
    owner: z.string().nullable(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    paused: z.boolean(),
    selected: z.object(countsByStatus).nullable().describe('the runs that fitted when it began; null: not known yet'),
    counts: jobCountsSchema,
    error: runErrorSchema.nullable(),
    lastSeq: z.int().describe('of its log; in lists it may be behind a little'),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof jobSchema>;

export const jobPreviewSchema = z
  .object({
    ...countsByStatus,
    sample: z
      .array(
        z.object({
          run: z.string(),
          status: runStatusSchema,
          prediction: predictionSchema
            .nullable()
            .describe('null: nothing is repeated by this action, or it is refused'),
          refused: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      )
      .describe('the newest of them'),
  })
  .meta({ id: 'JobPreview' });
export type JobPreview = z.infer<typeof jobPreviewSchema>;

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const jobsPageSchema = listOf(jobSchema).meta({ id: 'JobsPage' });
export const jobResultsPageSchema = listOf(jobResultSchema).meta({ id: 'JobResultsPage' });

export const jobsQuerySchema = z.object({ cursor: z.string().optional(), limit: countParam(20, 50) });
export const jobResultsQuerySchema = z.object({
  cursor: z
    .string()
    .regex(/^[0-9]{1,9}$/, 'send a `nextCursor`')
    .optional(),
  outcome: z.enum(['done', 'refused', 'failed']).optional(),
  limit: countParam(500, 5_000),
});
