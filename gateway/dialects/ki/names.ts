/** An agent's names on the wire: its id, the node of the graph, what people read. */
import { displayNames, hitlContract } from '../../../agents/ki-autoagent/contract.ts';

/** The person's place in the graph: no bar, no start, no end of its own. */
export const personAgent = hitlContract.name;

/** Agents of others keep their own name. */
export function nodeOf(agent: string): string {
  if (agent === personAgent) return 'hitl';
  return Object.hasOwn(displayNames, agent) ? agent.replace(/_agent$/, '') : agent;
}

export function displayNameOf(agent: string): string {
  return Object.hasOwn(displayNames, agent) ? (displayNames[agent] ?? agent) : agent;
}
