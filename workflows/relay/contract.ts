import { z } from 'zod';
import { defineContract } from '../../protocol/blueprint.ts';
import { agentMessageCharacters } from '../../protocol/limits.ts';

export const contract = defineContract({
  name: 'relay',
  description:
    'Takes the progress that any process outside publishes, and keeps it as a run; begins with the first publication',
  input: z.strictObject({
    title: z.string().max(agentMessageCharacters).optional().describe('for whoever reads lists'),
  }),
  example: { title: 'a check that another service makes' },
});
