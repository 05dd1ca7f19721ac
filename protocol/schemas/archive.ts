/** The list of archived runs. */
import { z } from 'zod';
import { listPageDefault, listPageMax } from '../limits.ts';
import { countParam, runsFilterSchema } from './runs-query.ts';
import { runStatusSchema } from './state.ts';

const { owner, blueprint } = runsFilterSchema.shape;

export const archiveQuerySchema = z.object({
  owner,
  blueprint,
  cursor: z
    .string()
    .regex(/^[a-z0-9.-]{1,200}$/, 'send the nextCursor of this very list, or none')
    .optional(),
  limit: countParam(listPageDefault, listPageMax),
});
export type ArchiveQuery = z.infer<typeof archiveQuerySchema>;

export const archivedRunViewSchema = z
  .object({
    id: z.string(),
    blueprint: z.string(),
    status: runStatusSchema.describe('as it last ended; a run that has gone on since is in the list of runs, too'),
    owner: z.string().nullable(),
    startedAt: z.string(),
    endedAt: z.string(),
    lastSeq: z.int(),
    archivedAt: z.string(),
    firstSeq: z
      .int()
      .describe('where what is archived begins: 1, or higher where older executions were past retention'),
    bytes: z.int().describe('of its histories, blobs and payloads in the archive'),
  })
  .meta({ id: 'ArchivedRun' });
export type ArchivedRunView = z.infer<typeof archivedRunViewSchema>;

export const archivePageSchema = z
  .object({ items: z.array(archivedRunViewSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'ArchivePage' });
