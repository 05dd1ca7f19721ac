import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import { blobRefSchema } from '../../protocol/schemas/event.ts';
import { bulkInputSchema, jobCountsSchema } from '../../protocol/schemas/jobs.ts';

/** The runs that the job is about, fixed: `blob` is the JSON list of their ids. */
export const selectedSchema = z.object({
  count: z.int(),
  byStatus: z.record(z.string(), z.int()),
  blob: blobRefSchema,
});
export type Selected = z.infer<typeof selectedSchema>;

export const actInputSchema = z.object({ job: bulkInputSchema, selected: selectedSchema });
export type ActInput = z.infer<typeof actInputSchema>;

export const actOutputSchema = jobCountsSchema.extend({
  count: z.int(),
  codes: z.record(z.string(), z.int()).describe('error code → runs that were refused, or failed, with it'),
});
export type ActOutput = z.infer<typeof actOutputSchema>;

export const selectContract: AgentContract<z.infer<typeof bulkInputSchema>, Selected> = {
  name: 'bulk-select',
  description: 'lists the runs that fit a filter now, and stores their ids',
  input: bulkInputSchema,
  output: selectedSchema,
  repeatable: true,
};

export const actContract: AgentContract<ActInput, ActOutput> = {
  name: 'bulk-act',
  description: 'does the same to each of many runs, at a pace; once to each, however often it is repeated',
  input: actInputSchema,
  output: actOutputSchema,
  progress: 'milestones',
  repeatable: true,
};
