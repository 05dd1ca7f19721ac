import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';
import type { Talk } from '../../../talk.ts';

export const talkSchema = z.object({
  count: z.int().nonnegative(),
  together: z.int().positive(),
  gapMs: z.number(),
  bytes: z.int(),
});

export const contract: AgentContract<Talk, { ackMs: number[] }> = {
  name: 'bench-talker',
  description: 'emits events and tells how long they took to be acknowledged',
  input: talkSchema,
  output: z.object({ ackMs: z.array(z.number()) }),
  repeatable: true,
};
