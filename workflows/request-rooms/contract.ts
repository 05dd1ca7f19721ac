import { z } from 'zod';
import { requestInputSchema } from '../../agents/request-rooms/contract.ts';
import { defineContract } from '../../protocol/blueprint.ts';

/** What people have answered, by question. */
const contextSchema = z.looseObject({ answers: z.record(z.string(), z.unknown()).optional() });

export const contract = defineContract({
  name: 'request-rooms',
  description:
    "Answers a user's question in steps that any number of people watch: calculates, waits, fetches, summarizes",
  input: requestInputSchema,
  context: contextSchema,
  agents: ['thought-agent', 'planner-agent', 'executor-agent'],
  example: { userQuery: 'calculate 6*7; wait 1s; summarize', context: {} },
});
