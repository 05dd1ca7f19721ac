import { z } from 'zod';
import type { AgentContract } from '../../../../../protocol/agent.ts';

export const inputSchema = z.object({ mark: z.string(), how: z.enum(['complete', 'fail', 'hold']) });
export type PlanterInput = z.infer<typeof inputSchema>;

/** A word that stands in no other place, and in no input but where it is given: whoever says it puts it together. */
export const word = (mark: string, place: string): string => `${mark}${place}-tern`;

export const contract: AgentContract<PlanterInput> = {
  name: 'planter',
  description: 'says a word of its own wherever an agent can say one',
  input: inputSchema,
  output: z.unknown(),
  repeatable: true,
};
