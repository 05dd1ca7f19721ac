import { defineContract } from '../../../../protocol/blueprint.ts';
import { talkSchema } from '../../agents/bench-talker/contract.ts';

export const contract = defineContract({
  name: 'bench-talk',
  description: 'one agent that emits events',
  input: talkSchema,
  example: { count: 3, together: 1, gapMs: 10, bytes: 100 },
});
