/** Where a reset begins: the fold stopped before a step. No I/O, no clock, no randomness. */
import type { StepOutcome } from './execution.ts';
import { copyState, fold } from './fold.ts';
import type { RunEvent } from './schemas/event.ts';
import type { RunState } from './schemas/state.ts';

/** The run as it stood before a decision. */
export interface StandingPoint {
  state: RunState;
  /** How the branches of the decision before ended, in their order: what a policy is given beside the state. */
  last: StepOutcome[];
}

/**
 * Where a log stood before the step was decided on: what a reset to that step begins with. Folds on from `begin`, which
 * it changes; null where the step never began. Events must have their whole data.
 */
export function foldUntilStep(begin: StandingPoint, events: Iterable<RunEvent>, step: string): StandingPoint | null {
  const { state } = begin;
  let last = begin.last;
  let branches = { expected: 0, steps: [] as string[], ends: new Map<string, StepOutcome>() };
  let beforeDecision: StandingPoint | null = null;
  for (const event of events) {
    if (event.type === 'supervisor.decided') {
      if (branches.expected > 0) last = branches.steps.flatMap((name) => branches.ends.get(name) ?? []);
      beforeDecision = { state: copyState(state), last };
      const { goto } = event.data;
      branches = { expected: Array.isArray(goto) ? goto.length : 1, steps: [], ends: new Map() };
    }
    if (event.type === 'agent.started' && event.step !== undefined) {
      if (event.step === step) return beforeDecision ?? { state: copyState(state), last };
      // What is started later, while these work, was delegated by one of them.
      if (branches.steps.length < branches.expected) branches.steps.push(event.step);
    }
    const outcome = outcomeOf(event);
    if (outcome) branches.ends.set(outcome.step, outcome);
    fold(state, event);
  }
  return null;
}

function outcomeOf({ type, agent, step, data }: RunEvent): StepOutcome | null {
  if (agent === undefined || step === undefined) return null;
  const { result, goto, error } = data;
  if (type === 'agent.completed')
    return { agent, step, status: 'completed', result, ...(typeof goto === 'string' ? { goto } : {}) };
  if (type !== 'agent.failed') return null;
  return { agent, step, status: 'failed', error: error as { code: string; message: string } };
}
