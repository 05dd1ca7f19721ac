import { z } from 'zod';
import { defineContract } from '../../../../../protocol/blueprint.ts';
import { inputSchema } from '../../agents/planter/contract.ts';

export const contract = defineContract({
  name: 'planted',
  description: 'has words said in every place of a run',
  input: inputSchema.extend({ text: z.string() }),
  example: { mark: 'm', how: 'complete' as const, text: 'some' },
});
