import { defineContract } from '../../protocol/blueprint.ts';
import { verifyInputSchema } from '../../protocol/schemas/verification.ts';

export const contract = defineContract({
  name: 'baton-verify',
  description: 'Replays the stored histories of runs on the workflow code of the workers, and says which still fit',
  input: verifyInputSchema,
  agents: ['verify-runs'],
  role: 'ops',
  example: { filter: { status: ['running', 'paused'], blueprint: 'crawl' } },
});
