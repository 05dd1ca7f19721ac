/** Where a run can go on from: the state as it was, the input that it had, what the policy was given. */
import { BatonError } from '../../protocol/errors.ts';
import type { StepOutcome } from '../../protocol/execution.ts';
import { copyState, emptyState, fold } from '../../protocol/fold.ts';
import { foldUntilFailure, foldUntilStep, type StandingPoint } from '../../protocol/fold-until-step.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { stepsNamed } from '../../protocol/limits.ts';
import { isMessage } from './messages-of.ts';
import { backwards, type ExecutionReading, type RunReading } from './read-run.ts';
import type { RunContext } from './run-context.ts';

export interface Point extends StandingPoint {
  /** The run's whole input then. */
  input: unknown;
  /** The step that would be decided on next, as it was; null: the beginning, or the decision after the last step. */
  step: string | null;
}

/**
 * Before the newest call of that step was decided on. Errors: step_unknown {steps}; step_expired where the part of the
 * log that may hold it is past retention.
 */
export async function standBefore(context: RunContext, reading: RunReading, step: string): Promise<Point> {
  for await (const execution of backwards(context, reading)) {
    const found = foldUntilStep(beginOf(execution, reading.run), execution.events, step);
    if (found) return { ...found, input: execution.projection.input, step };
  }
  throw stepUnknown(reading.run, step, stepsOf(reading.state));
}

/**
 * Before the first decision on the run's present input: after its start, or the newest message of its session. Where that
 * is past retention, with nothing learnt.
 */
export async function standAtStart(context: RunContext, reading: RunReading): Promise<Point> {
  const { state, input } = reading;
  // A run that was reset into an earlier message of its session works on that one.
  let resetTo: string | null = null;
  try {
    for await (const execution of backwards(context, reading)) {
      const [first] = execution.events;
      if (!first || (resetTo !== null && !hasStarted(execution, resetTo))) continue;
      if (isMessage(first.type)) {
        const { state: begun, last } = beginOf(execution, reading.run);
        return { state: { ...fold(begun, first), input: state.input }, last, input, step: null };
      }
      resetTo = first.type === 'run.reset' ? (first.data['toStep'] as string | null) : null;
    }
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'step_expired') throw error;
  }
  const { blueprint, owner, startedAt, from } = state;
  const fresh = { ...emptyState(reading.run), blueprint, owner, input: state.input, startedAt, from };
  return { state: fresh, last: [], input, step: null };
}

function hasStarted({ events }: ExecutionReading, step: string): boolean {
  return events.some((event) => event.type === 'agent.started' && event.step === step);
}

/** Of a run that has ended: before what it failed by. */
export function standAtFailure(reading: RunReading): Point {
  return { ...foldUntilFailure(beginOf(reading, reading.run), reading.events), input: reading.input };
}

export function beginOf({ projection }: ExecutionReading, run: string): StandingPoint {
  const last = (projection.carry['last'] as StepOutcome[] | undefined) ?? [];
  return { state: { ...copyState(projection.base ?? emptyState(run)), id: run }, last };
}

/** Every step that the state knows of, newest calls first where they are many. */
export function stepsOf({ agents }: RunState): string[] {
  return Object.entries(agents).flatMap(([name, { calls }]) =>
    Array.from({ length: Math.min(calls, stepsNamed) }, (_, index) => `${name}#${calls - index}`).toReversed(),
  );
}

export function stepUnknown(run: string, step: string, steps: readonly string[], field = 'step'): BatonError {
  const there = steps.length === 0 ? 'there are none' : `there are ${steps.join(', ')}`;
  return new BatonError('step_unknown', `run ${run} has no step ${step} here: ${there}`, { field, run, steps });
}
