import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';

const input = z.object({ index: z.int() });
export type TurnInput = z.infer<typeof input>;

function turn(name: string): AgentContract<TurnInput, { done: boolean }> {
  return { name, description: 'does nothing', input, output: z.object({ done: z.boolean() }), repeatable: true };
}

export const even = turn('bench-even');
export const odd = turn('bench-odd');
