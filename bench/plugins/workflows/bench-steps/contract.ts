import { z } from 'zod';
import { defineContract } from '../../../../protocol/blueprint.ts';

export const contract = defineContract({
  name: 'bench-steps',
  description: 'calls two agents in turn that do nothing',
  input: z.object({ steps: z.int().positive() }),
  example: { steps: 20 },
});
