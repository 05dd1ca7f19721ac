/** What is gone for good. */
import { z } from 'zod';
import { principalCharacters } from '../limits.ts';

const flag = z
  .preprocess(
    (value) => (value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : value),
    z.boolean(),
  )
  .default(false);

export const deleteQuerySchema = z.object({
  terminate: flag.describe('1: a run that has not ended is terminated first'),
});

/** `all` is said so that nobody means one run. */
export const deleteOwnerQuerySchema = deleteQuerySchema.extend({
  owner: z.string().min(1).max(principalCharacters),
  all: flag.describe('1: every run of the owner is meant'),
});

export const exportQuerySchema = z.object({
  raw: flag.describe('1: with secrets (role ops)'),
});

export const deletionSchema = z
  .object({
    run: z.string(),
    executions: z.int(),
    blobs: z.int(),
    payloads: z.int().describe('that were stored outside of the history'),
    sources: z.int().describe('crawled sites in the knowledge store'),
    logLines: z.int().describe('that its agents have written into their logs'),
    archived: z.boolean().describe('it was in the archive, too'),
    pending: z
      .boolean()
      .describe(
        'Temporal has taken it, and does it within minutes: of a run that ended just now it still keeps the log',
      ),
  })
  .meta({ id: 'Deletion' });
export type Deletion = z.infer<typeof deletionSchema>;

export const ownerDeletionSchema = z
  .object({ owner: z.string(), runs: z.array(deletionSchema), sources: z.int().describe('that no run of these had') })
  .meta({ id: 'OwnerDeletion' });
export type OwnerDeletion = z.infer<typeof ownerDeletionSchema>;
