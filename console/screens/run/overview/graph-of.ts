/** The path that a supervisor has taken, as a graph: agents, and who came after whom, how often and why. Pure. */
import type { RunStatus, TimelineStep } from '../../../../client/index.ts';
import { endedStatuses } from '../../../../client/index.ts';

/** `past`: what there is to say of it is that the path has led there. */
export type NodeStatus = 'past' | Exclude<TimelineStep['status'], 'completed' | 'abandoned'>;

export interface GraphNode {
  id: string;
  kind: 'start' | 'agent' | 'end';
  label: string;
  /** Steps of the agent so far. */
  visits: number;
  status: NodeStatus;
  /** The newest step of the agent. */
  step: string | null;
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  /** Which decisions of the path led this way, counted from 1; empty for a delegation. */
  numbers: number[];
  /** Of the newest. */
  reason: string;
  isDelegation: boolean;
  isNewest: boolean;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface GraphedRun {
  status: RunStatus;
  steps: readonly TimelineStep[];
  /** Where the run began anew, from its input or a state of before: seq of each such event, with what it is called. */
  restarts: readonly { seq: number; label: string }[];
}

const startId = 'start:';
const endId = 'end:';

export function graphOf({ status, steps, restarts }: GraphedRun): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  nodes.set(startId, { id: startId, kind: 'start', label: 'start', visits: 0, status: 'past', step: null });
  const lead = (from: string, step: Pick<TimelineStep, 'agent'>, number: number | null, reason: string) => {
    const id = `${number === null ? 'delegation' : 'path'} ${from} ${step.agent}`;
    const known = edges.get(id);
    edges.set(id, {
      id,
      from,
      to: step.agent,
      numbers: [...(known?.numbers ?? []), ...(number === null ? [] : [number])],
      reason: reason === '' ? (known?.reason ?? '') : reason,
      isDelegation: number === null,
      isNewest: false,
    });
    return id;
  };

  const agentOfStep = new Map<string, string>();
  let number = 0;
  let decision: number | null = null;
  /** Where the path stands, and where it stood before the decision whose steps are being read. */
  let [at, before]: [string[], string[]] = [[startId], [startId]];
  let newest: string[] = [];
  let restartsPassed = 0;
  for (const step of steps) {
    nodes.set(step.agent, nodeOf(step, nodes.get(step.agent)));
    agentOfStep.set(step.step, step.agent);
    if (step.delegatedBy !== null) {
      lead(agentOfStep.get(step.delegatedBy) ?? startId, step, null, step.instructions ?? '');
      continue;
    }
    const isOfSameDecision = step.decision !== null && step.decision.seq === decision;
    if (!isOfSameDecision) {
      number++;
      [before, at, newest] = [at, [], []];
      for (; (restarts[restartsPassed]?.seq ?? Infinity) < step.seq; restartsPassed++) before = [startId];
      decision = step.decision?.seq ?? null;
    }
    for (const from of before) newest.push(lead(from, step, number, step.decision?.reason ?? ''));
    if (!at.includes(step.agent)) at.push(step.agent);
  }
  if (endedStatuses.has(status)) {
    nodes.set(endId, {
      id: endId,
      kind: 'end',
      label: status.replace('_', ' '),
      visits: 0,
      status: status === 'completed' ? 'past' : 'failed',
      step: null,
    });
    newest = at.map((from) => lead(from, { agent: endId }, number + 1, ''));
  }
  for (const id of newest) (edges.get(id) as GraphEdge).isNewest = true;
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** 1, 4, 7 → `1, 4, 7`; of many the first ones, the last, and how many. */
export function numbersText(numbers: readonly number[]): string {
  if (numbers.length <= 4) return numbers.join(', ');
  return `${numbers[0]}, ${numbers[1]} … ${numbers.at(-1)} (${numbers.length}×)`;
}

function nodeOf({ agent, step, status }: TimelineStep, known: GraphNode | undefined): GraphNode {
  const own = status === 'completed' || status === 'abandoned' ? 'past' : status;
  // Of steps side by side the one that is still open tells.
  const isOpenStill = known !== undefined && known.status !== 'past' && known.status !== 'failed' && own === 'past';
  return {
    id: agent,
    kind: 'agent',
    label: agent,
    visits: (known?.visits ?? 0) + 1,
    status: isOpenStill ? known.status : own,
    step,
  };
}
