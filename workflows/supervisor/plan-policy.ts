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

/** Inputs and results of a plan's steps stand in the context, under these keys, so that they are in the log. */
const inputsKey = 'planInputs';
const resultsKey = 'planResults';

export function planPolicy(options: PlanOptions): Policy {
  return (state, last, runInput) => {
    if (state.plan === null) return beginPlan(options, last, runInput);
    const results = [
      ...asList(state.context[resultsKey]),
      ...last.filter(isCompleted).map((outcome) => outcome.result),
    ];
    const update = { [resultsKey]: results };
    const failed = last.find((outcome) => outcome.status === 'failed');
    if (failed) return { goto: 'end', reason: `${failed.step} failed`, update, failure: failed.error };
    const next = state.plan.find((step) => step.status === 'pending');
    if (!next) {
      return {
        goto: 'end',
        reason: 'all steps of the plan are done',
        update,
        result: options.result?.(results, state) ?? results,
      };
    }
    return goTo(next, state.plan, state.context[inputsKey], update);
  };
}

function beginPlan(options: PlanOptions, last: readonly StepOutcome[], runInput: unknown): Command {
  const made = last[0];
  const steps = made?.status === 'completed' ? readSteps(made.result) : (options.given?.(runInput) ?? null);
  if (steps !== null && steps.length > 0) {
    const plan = steps.map(toPlanStep);
    const inputs = Object.fromEntries(
      steps.flatMap((step, index) => (step.input === undefined ? [] : [[planId(index), step.input]])),
    );
    const first = plan[0] as PlanStep;
    return { ...goTo(first, plan, inputs, { [inputsKey]: inputs, [resultsKey]: [] }), plan };
  }
  if (options.planner === undefined || made !== undefined) {
    return {
      goto: 'end',
      reason: 'there is no plan',
      failure: { code: 'policy_failed', message: 'nobody gave a plan with at least one step' },
    };
  }
  return { goto: { agent: options.planner }, reason: 'a plan is needed first' };
}

function goTo(step: PlanStep, plan: readonly PlanStep[], inputs: unknown, update: Record<string, unknown>): Command {
  const position = plan.findIndex((other) => other.id === step.id) + 1;
  const input = (inputs as Record<string, unknown> | undefined)?.[step.id];
  return {
    goto: {
      agent: step.agent,
      planStep: step.id,
      ...(step.instructions === undefined ? {} : { instructions: step.instructions }),
      ...(input === undefined ? {} : { input }),
    },
    reason: `step ${position} of ${plan.length} of the plan`,
    update,
  };
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

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
