import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';

export const inputSchema = z.strictObject({
  text: z.string().min(1).max(100_000),
  maxLines: z.int().min(1).default(1_000).describe('above it a person is asked first'),
});
export type LineCounterInput = z.infer<typeof inputSchema>;

const outputSchema = z.object({ lines: z.int(), words: z.int() });
export type LineCounterOutput = z.infer<typeof outputSchema>;

/** Emits `line.counted {line, words}` for each line, from 1. */
export const contract: AgentContract<LineCounterInput, LineCounterOutput> = {
  name: 'line-counter',
  description: 'Counts the words of a text, line by line.',
  input: inputSchema,
  output: outputSchema,
  progress: 'milestones',
  repeatable: true,
};
