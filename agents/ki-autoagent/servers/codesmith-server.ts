import { codesmithCallSchema, smith } from '../codesmith/smith.ts';
import { serveTool } from './serve-tool.ts';

serveTool({
  name: 'codesmith',
  description: 'Writes the files of a structure; asks for research first',
  input: codesmithCallSchema,
  run: async (input, call, surroundings) => {
    const answer = await smith(input, call, surroundings);
    return { answer, message: 'done' in answer ? `✅ ${answer.done.summary}` : 'research is needed first' };
  },
});
