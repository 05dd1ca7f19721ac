/** Reads a run as far as a command on it needs. */
import { BatonError } from '../../protocol/errors.ts';
import { copyState, emptyState } from '../../protocol/fold.ts';
import { foldUntilStep, type StandingPoint } from '../../protocol/fold-until-step.ts';
import type { StepOutcome } from '../../protocol/execution.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { ExecutionReader } from '../history/execution-reader.ts';
import type { Described } from '../history/history-service.ts';
import type { Projection } from '../history/projection.ts';
import type { RunContext } from './run-context.ts';

export interface RunReading {
  run: string;
  /** Of the newest execution. */
  runId: string;
  isOpen: boolean;
  state: RunState;
  /** The run's whole input, however large. */
  input: unknown;
  memo: Described['memo'];
  projection: Projection;
  /** With their whole data. */
  events: RunEvent[];
}

/** The newest execution, to its end so far. Errors: run_not_found. */
export async function readRun(context: RunContext, run: string): Promise<RunReading> {
  const { runId, memo } = await context.service.describe(run);
  const { projection, events } = await readExecution(context, run, runId);
  return {
    run,
    runId,
    isOpen: projection.outcome === 'open',
    state: projection.state,
    input: projection.input,
    memo,
    projection,
    events,
  };
}

/**
 * The run as it was before the newest call of that step was decided on, with the whole input that it had then.
 * Errors: step_unknown; step_expired where the part of the log that may hold it is past retention.
 */
export async function standBefore(
  context: RunContext,
  reading: RunReading,
  step: string,
): Promise<StandingPoint & { input: unknown }> {
  let { projection, events } = reading;
  for (;;) {
    const state = copyState(projection.base ?? emptyState(reading.run));
    const last = (projection.carry['last'] as StepOutcome[] | undefined) ?? [];
    const found = foldUntilStep({ state, last }, events, step);
    if (found) return { ...found, input: projection.input };
    if (projection.predecessor === null) {
      throw new BatonError('step_unknown', `run ${reading.run} has no step ${step}`, {
        field: 'step',
        run: reading.run,
      });
    }
    try {
      ({ projection, events } = await readExecution(context, reading.run, projection.predecessor));
    } catch (error) {
      if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
      throw new BatonError(
        'step_expired',
        `the part of run ${reading.run} before seq ${projection.firstSeq} is past retention`,
        {
          field: 'step',
          firstSeq: projection.firstSeq,
        },
      );
    }
  }
}

async function readExecution(
  context: RunContext,
  run: string,
  runId: string,
): Promise<{ projection: Projection; events: RunEvent[] }> {
  const reader = new ExecutionReader(context.reading, run, runId, { whole: true });
  const events: RunEvent[] = [];
  for await (const page of reader.pages()) for (const event of page) events.push(event);
  return { projection: reader.projection, events };
}
