import { z } from 'zod';
import { defineContract } from '../../../../protocol/blueprint.ts';

export const contract = defineContract({
  name: 'bench-ask',
  description: 'runs the agent bench-asker once',
  input: z.object({}),
  example: {},
});
