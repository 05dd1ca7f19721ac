import { defineContract } from '../../../../protocol/blueprint.ts';
import { inputSchema } from '../../agents/line-counter/contract.ts';

export const contract = defineContract({
  name: 'line-count',
  description: 'Counts the words of a text, line by line; asks a person before it counts a long one',
  input: inputSchema,
  example: { text: 'one two\nthree', maxLines: 1_000 },
});
