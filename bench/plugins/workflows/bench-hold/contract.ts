import { z } from 'zod';
import { defineContract } from '../../../../protocol/blueprint.ts';

export const contract = defineContract({
  name: 'bench-hold',
  description: 'runs the agent bench-holder once',
  input: z.object({}),
  example: {},
});
