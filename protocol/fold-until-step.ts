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
  const walk = new DecisionWalk(begin);
  for (const event of events) {
    if (event.type === 'agent.started' && event.step === step) return walk.beforeCommand();
    walk.take(event);
  }
  return null;
}

/**
 * Where an execution that has ended can go on: before the step that it failed by (`step`), else before the decision that
 * followed its last step (`step` is null). A step that was open at the end has failed by it.
 */
export function foldUntilFailure(
  begin: StandingPoint,
  events: readonly RunEvent[],
): StandingPoint & { step: string | null } {
  const ending = events.findLast(({ type }) => endings.has(type));
  const walk = new DecisionWalk({ state: copyState(begin.state), last: begin.last });
  const failures = new Map<string, string>();
  for (const event of events) {
    if (event === ending) break;
    if (event.type === 'agent.failed' && event.step !== undefined) failures.set(event.step, codeOf(event));
    walk.take(event);
  }
  const error = ending?.data['error'] as { code?: string; step?: string } | undefined;
  const inCommand = walk.steps.find((step) => walk.isUndone(step)) ?? walk.openStep;
  const passedOn = [...failures].findLast(([, code]) => code === error?.code)?.[0];
  for (const step of [error?.step, inCommand, passedOn]) {
    const before = step === undefined ? null : foldUntilStep({ ...begin, state: copyState(begin.state) }, events, step);
    if (step !== undefined && before) return { ...before, step };
  }
  return { ...walk.afterLastStep(), step: null };
}

const endings: ReadonlySet<string> = new Set([
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.terminated',
  'run.timed_out',
]);

/** Goes through a log and knows, at each event, how the run stood at its decisions. */
class DecisionWalk {
  /** Of the newest decision: the steps of its branches, in their order. */
  steps: string[] = [];
  private readonly state: RunState;
  private last: StepOutcome[];
  private expected = 0;
  private ends = new Map<string, StepOutcome>();
  private beforeDecision: StandingPoint | null = null;

  constructor({ state, last }: StandingPoint) {
    this.state = state;
    this.last = last;
  }

  take(event: RunEvent): void {
    if (event.type === 'supervisor.decided') this.decided(event);
    // What is started later, while these work, was delegated by one of them.
    if (event.type === 'agent.started' && event.step !== undefined && this.steps.length < this.expected)
      this.steps.push(event.step);
    const outcome = outcomeOf(event);
    if (outcome) this.ends.set(outcome.step, outcome);
    fold(this.state, event);
  }

  beforeCommand(): StandingPoint {
    return this.beforeDecision ?? this.here();
  }

  /** A decision that began no step is taken anew. */
  afterLastStep(): StandingPoint {
    if (this.beforeDecision && this.steps.length === 0) return this.beforeDecision;
    return { state: copyState(this.state), last: this.outcomes() };
  }

  /** What nobody decided on (a relay's) is open, too. */
  get openStep(): string | undefined {
    return this.state.current[0];
  }

  isUndone(step: string): boolean {
    return this.ends.get(step)?.status !== 'completed';
  }

  private decided({ data: { goto } }: RunEvent): void {
    this.last = this.outcomes();
    this.beforeDecision = this.here();
    this.expected = goto === 'end' ? 0 : Array.isArray(goto) ? goto.length : 1;
    this.steps = [];
    this.ends = new Map();
  }

  private outcomes(): StepOutcome[] {
    return this.expected > 0 ? this.steps.flatMap((name) => this.ends.get(name) ?? []) : this.last;
  }

  private here(): StandingPoint {
    return { state: copyState(this.state), last: this.last };
  }
}

function outcomeOf({ type, agent, step, data }: RunEvent): StepOutcome | null {
  if (agent === undefined || step === undefined) return null;
  const { result, goto, error } = data;
  if (type === 'agent.completed')
    return { agent, step, status: 'completed', result, ...(typeof goto === 'string' ? { goto } : {}) };
  if (type !== 'agent.failed') return null;
  return { agent, step, status: 'failed', error: error as { code: string; message: string } };
}

function codeOf({ data }: RunEvent): string {
  return String((data['error'] as { code?: unknown } | undefined)?.code);
}
