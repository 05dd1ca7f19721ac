import type { AgentContract } from '../../protocol/agent.ts';
import {
  verifyInputSchema,
  verifyOutputSchema,
  type VerifyInput,
  type VerifyOutput,
} from '../../protocol/schemas/verification.ts';

export const contract: AgentContract<VerifyInput, VerifyOutput> = {
  name: 'verify-runs',
  description:
    'replays the stored histories of runs on the code of this worker, and says of each whether it still fits',
  input: verifyInputSchema,
  output: verifyOutputSchema,
  repeatable: true,
};
