/** Policy "plan": an ordered list of steps, given by the client or made by a planner agent; each step is tracked. */
import type { PlanStep, RunState } from '../../protocol/schemas/state.ts';
import type { Command, Policy, StepOutcome } from './define-blueprint.ts';

export interface PlannedStep {
  agent: string;
  instructions?: string;
  input?: unknown;
}

export interface PlanOptions {
  /** The plan as the client gave it; null where a planner must make it. */
  given?: (runInput: unknown) => PlannedStep[] | null;
  /** Its result must be `{steps: [{agent, instructions?, input?}]}`. */
  planner?: string;
  /** Default: the results of all steps, in order. */
  result?: (results: readonly unknown[], state: Readonly<RunState>) => unknown;
}

/**
 * What a planner gave the steps as inputs, and what each step came to, stand in the context under these keys, so that
 * they are in the log. Each result under a key of its own: a decision carries only what is new. The inputs of a given
 * plan stay where they are, in the run's input, which may be of any size.
 */
const inputsKey = 'planInputs';
const resultKey = (id: string) => `planResult.${id}`;

export function planPolicy(options: PlanOptions): Policy {
  return (state, last, runInput) => {
    if (state.plan === null) return beginPlan(options, last, runInput);
    const { plan } = state;
    const update = resultsOf(plan, last);
    const failed = last.find((outcome) => outcome.status === 'failed');
    if (failed) return { goto: 'end', reason: `${failed.step} failed`, update, failure: failed.error };
    const next = plan.find((step) => step.status === 'pending');
    if (!next) {
      const context = { ...state.context, ...update };
      const results = plan.map(({ id }) => context[resultKey(id)]);
      return {
        goto: 'end',
        reason: 'all steps of the plan are done',
        update,
        result: options.result?.(results, state) ?? results,
      };
    }
    return goTo(next, plan, inputOf(options, state, runInput, next.id), update);
  };
}

function beginPlan(options: PlanOptions, last: readonly StepOutcome[], runInput: unknown): Command {
  const planned = last[0];
  const isMade = planned?.status === 'completed';
  const steps = isMade ? readSteps(planned.result) : (options.given?.(runInput) ?? null);
  if (steps !== null && steps.length > 0) {
    const plan = steps.map(toPlanStep);
    const first = plan[0] as PlanStep;
    const made = isMade ? inputsOf(steps) : null;
    const update = options.planner === undefined ? {} : { [inputsKey]: made };
    return { ...goTo(first, plan, steps[0]?.input, update), plan };
  }
  if (options.planner === undefined || planned !== undefined) {
    return {
      goto: 'end',
      reason: 'there is no plan',
      failure: { code: 'policy_failed', message: 'nobody gave a plan with at least one step' },
    };
  }
  return { goto: { agent: options.planner }, reason: 'a plan is needed first' };
}

function goTo(step: PlanStep, plan: readonly PlanStep[], input: unknown, update: Record<string, unknown>): Command {
  const position = plan.findIndex((other) => other.id === step.id) + 1;
  return {
    goto: {
      agent: step.agent,
      planStep: step.id,
      ...(step.instructions === undefined ? {} : { instructions: step.instructions }),
      ...(input === undefined ? {} : { input }),
    },
    reason: `step ${position} of ${plan.length} of the plan`,
    ...(Object.keys(update).length === 0 ? {} : { update }),
  };
}

function inputsOf(steps: readonly PlannedStep[]): Record<string, unknown> {
  return Object.fromEntries(steps.flatMap(({ input }, index) => (input === undefined ? [] : [[planId(index), input]])));
}

/** A planner's plan has its inputs in the context; a given one has them where it was given. */
function inputOf(options: PlanOptions, { context }: Readonly<RunState>, runInput: unknown, id: string): unknown {
  const made = context[inputsKey] as Record<string, unknown> | null | undefined;
  if (options.planner !== undefined && made) return made[id];
  return options.given?.(runInput)?.find((_, index) => planId(index) === id)?.input;
}

/** Of the plan's step that has just run; it is the one whose result is not known yet. */
function resultsOf(plan: readonly PlanStep[], last: readonly StepOutcome[]): Record<string, unknown> {
  const done = plan.findLast(({ status }) => status === 'completed' || status === 'failed');
  return Object.fromEntries(
    last.filter(isCompleted).flatMap(({ result }) => (done ? [[resultKey(done.id), result]] : [])),
  );
}

function toPlanStep(step: PlannedStep, index: number): PlanStep {
  const instructions = step.instructions === undefined ? {} : { instructions: step.instructions };
  return { id: planId(index), agent: step.agent, ...instructions, status: 'pending' };
}

function planId(index: number): string {
  return `p${index + 1}`;
}

function readSteps(result: unknown): PlannedStep[] | null {
  const steps = (result as { steps?: unknown } | null)?.steps;
  if (!Array.isArray(steps)) return null;
  const isStep = (step: unknown) => typeof (step as PlannedStep | null)?.agent === 'string';
  return steps.every(isStep) ? (steps as PlannedStep[]) : null;
}

function isCompleted(outcome: StepOutcome): outcome is StepOutcome & { status: 'completed' } {
  return outcome.status === 'completed';
}
