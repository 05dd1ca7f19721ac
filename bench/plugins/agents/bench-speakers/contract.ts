import { z } from 'zod';
import type { AgentContract } from '../../../../protocol/agent.ts';

/** Under the name of an agent of one of the five systems, as that system's blueprint calls it first. */
export function speakerContract(name: string, progress: 'live' | 'durable'): AgentContract<unknown, null> {
  return {
    name,
    description: 'tells events as the agent of this name does, in a rhythm, until it is cancelled',
    input: z.unknown(),
    output: z.null(),
    progress,
    repeatable: true,
  };
}
