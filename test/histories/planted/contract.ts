import { z } from 'zod';
import { defineContract } from '../../../protocol/blueprint.ts';

export const contract = defineContract({
  name: 'planted',
  description: 'first, second, and extra where there are many pages',
  input: z.object({ pages: z.int() }),
  example: { pages: 5 },
});
