import { researchInputSchema } from '../contract.ts';
import { research } from '../research/research.ts';
import { serveTool } from './serve-tool.ts';

serveTool({
  name: 'research',
  description: 'Reads a workspace and looks up the technologies in use',
  input: researchInputSchema,
  run: async (input, call, surroundings) => {
    const done = await research(input, call, surroundings);
    return { answer: { done }, message: `✅ ${done.summary}` };
  },
});
