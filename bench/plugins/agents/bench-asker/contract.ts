import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';

export const contract: AgentContract<unknown, { resumedAt: number }> = {
  name: 'bench-asker',
  description: 'asks, and tells when it goes on',
  input: z.unknown(),
  output: z.object({ resumedAt: z.number() }),
  repeatable: true,
};
