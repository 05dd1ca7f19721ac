import type { RunState } from '../../protocol/schemas/state.ts';

/** Whether the state has the step behind it: `codesmith#2`, where codesmith has been called twice or more. */
export function isBefore({ agents }: RunState, step: string): boolean {
  const [, agent = '', call] = /^(.*)#([0-9]+)$/.exec(step) ?? [];
  return Object.hasOwn(agents, agent) && Number(call) <= (agents[agent]?.calls ?? 0);
}
