/** What a replay of stored histories against the present workflow code has found. */
import { z } from 'zod';
import { runNameCharacters, verifyRunsMax } from '../limits.ts';
import { runsFilterSchema } from './runs-query.ts';

/**
 * `same`: the code does what the history says. `differs`: it does something else, or fails where it did not.
 * `unknown_blueprint`: the code has no such blueprint any more. `unreadable`: the history could not be replayed at all.
 * Worst last.
 */
export const verdicts = ['same', 'unreadable', 'unknown_blueprint', 'differs'] as const;
export type Verdict = (typeof verdicts)[number];

export const executionVerdictSchema = z
  .object({
    /** Temporal's run id of one execution of the run, or the name of a file. */
    execution: z.string(),
    blueprint: z.string().nullable(),
    verdict: z.enum(verdicts),
    /** Entries that the history had. */
    entries: z.int(),
    /** The entry of the history at which it differs, by Temporal's id and type; null where it is none. */
    event: z.object({ id: z.int(), type: z.string() }).nullable(),
    /** In words; null for `same`. */
    why: z.string().nullable(),
  })
  .describe('of one execution');
export type ExecutionVerdict = z.infer<typeof executionVerdictSchema>;

export const verificationSchema = z
  .object({
    run: z.string(),
    /** The worst of its executions. */
    verdict: z.enum(verdicts),
    /** Newest first: all of the run's chain that are still stored. */
    executions: z.array(executionVerdictSchema),
    /** Build of the code that they were replayed on. */
    build: z.string(),
  })
  .meta({ id: 'Verification' });
export type Verification = z.infer<typeof verificationSchema>;

export function worstOf(executions: readonly Pick<ExecutionVerdict, 'verdict'>[]): Verdict {
  const rank = Math.max(0, ...executions.map(({ verdict }) => verdicts.indexOf(verdict)));
  return verdicts[rank] ?? 'same';
}

/** Input of the blueprint `baton-verify`. */
export const verifyInputSchema = z
  .strictObject({
    runs: z.array(z.string().min(1).max(runNameCharacters)).min(1).max(verifyRunsMax).optional(),
    filter: runsFilterSchema.optional().describe('the runs that are meant, as `GET /v1/runs` takes it'),
  })
  .refine(({ runs, filter }) => (runs === undefined) !== (filter === undefined), 'give runs, or a filter');
export type VerifyInput = z.infer<typeof verifyInputSchema>;

/** Its result. Each run that is not `same` is an event `verify.run` besides. */
export const verifyOutputSchema = z.object({
  build: z.string().nullable(),
  counts: z.partialRecord(z.enum(verdicts), z.int()).describe('verdict → runs'),
  /** The first ones, those that are not `same` before all others. */
  verifications: z.array(verificationSchema),
});
export type VerifyOutput = z.infer<typeof verifyOutputSchema>;
