import { designStructure } from '../architect/design-structure.ts';
import { architectInputSchema } from '../contract.ts';
import { serveTool } from './serve-tool.ts';

serveTool({
  name: 'architect',
  description: 'Proposes folders and files for what is to be built',
  input: architectInputSchema,
  run: async (input, call, surroundings) => {
    const done = await designStructure(input, call, surroundings);
    return { answer: { done }, message: `✅ ${done.summary}` };
  },
});
