import { defineContract } from '../../protocol/blueprint.ts';
import { bulkPerSecondDefault } from '../../protocol/limits.ts';
import { bulkInputSchema } from '../../protocol/schemas/jobs.ts';

export const contract = defineContract({
  name: 'baton-bulk',
  description:
    'Does the same (retry, resume, reset, fork, cancel, delete …) to every run that fits a filter, at a pace, once to each',
  input: bulkInputSchema,
  agents: ['bulk-select', 'bulk-act'],
  searchable: ({ action }) => ({ action }),
  role: 'ops',
  example: { action: 'retry', filter: { status: ['failed'], code: 'agent_timeout' }, perSecond: bulkPerSecondDefault },
});
