/** Tokens and cost by agent and step, the dearest first. Pure. */
import type { TimelineStep } from '../../../../client/index.ts';

export interface CostLine {
  name: string;
  steps: number;
  inputTokens: number;
  outputTokens: number;
  /** Null: some of it has no price. */
  cost: number | null;
}

export interface AgentCost extends CostLine {
  bySteps: CostLine[];
}

/** Steps that have used no tokens are left out. */
export function costsOf(steps: readonly TimelineStep[]): AgentCost[] {
  const agents = new Map<string, AgentCost>();
  for (const { agent, step, usage, cost } of steps) {
    if (usage.inputTokens + usage.outputTokens === 0) continue;
    const line: CostLine = { name: step, steps: 1, ...usage, cost };
    const known = agents.get(agent);
    const sum = known === undefined ? { ...line, name: agent } : plus(known, line);
    agents.set(agent, { ...sum, bySteps: [...(known?.bySteps ?? []), line] });
  }
  const dearest = (a: CostLine, b: CostLine) => (b.cost ?? 0) - (a.cost ?? 0) || tokensOf(b) - tokensOf(a);
  return [...agents.values()]
    .map((agent) => ({ ...agent, bySteps: agent.bySteps.toSorted(dearest) }))
    .toSorted(dearest);
}

function plus(a: CostLine, b: CostLine): CostLine {
  return {
    name: a.name,
    steps: a.steps + b.steps,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
  };
}

function tokensOf({ inputTokens, outputTokens }: CostLine): number {
  return inputTokens + outputTokens;
}

export function costText(cost: number | null): string {
  if (cost === null) return '–';
  if (cost === 0) return '0';
  return cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2);
}
