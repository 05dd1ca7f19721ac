import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';

export const contract: AgentContract<unknown, null> = {
  name: 'bench-holder',
  description: 'works until it is cancelled, and cleans up at once',
  input: z.unknown(),
  output: z.null(),
  repeatable: true,
};
