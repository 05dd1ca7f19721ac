/** Reset and resume: a run goes on from the state as it was, on the code of today. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { signals, type Principal, type ResetSignal } from '../../protocol/execution.ts';
import type { CommandOptions, Edits } from '../../protocol/schemas/commands.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import type { ResetCommand } from '../engine.ts';
import { translated } from '../history/history-service.ts';
import { refusal, requireUnmoved, runMoved } from './acts.ts';
import { editedState } from './edit-state.ts';
import { causeOf, goOn, readEnded } from './next-execution.ts';
import { once } from './once.ts';
import { readRun, type RunReading } from './read-run.ts';
import type { RunContext } from './run-context.ts';
import { standAtFailure, standBefore, type Point } from './standing-point.ts';
import { terminateExecution } from './terminate-execution.ts';
import { untilEvent } from './until-event.ts';

interface Options extends CommandOptions {
  by: Principal;
}

/** Open, ended or stuck. */
export async function resetRun(
  context: RunContext,
  run: string,
  { step, edits }: ResetCommand,
  { by, requestId, ifSeq }: Options,
): Promise<void> {
  await once(context, run, { command: { reset: step, edits }, by, requestId }, async (request) => {
    const reading = await readRun(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const point = await standBefore(context, reading, step);
    const signal = await resetSignal(context, reading, point, { edits, by, request });
    if (!reading.isOpen) await goOn(context, reading, signal);
    else if (reading.isStuck) await resetStuck(context, reading, signal, { by, step });
    else await resetOpen(context, reading, signal);
  });
}

/** From the step that an ended run failed by; what it had used up of its limits it gets once more. */
export async function resumeRun(
  context: RunContext,
  run: string,
  { edits }: { edits?: Edits | undefined },
  { by, requestId, ifSeq }: Options,
): Promise<void> {
  await once(context, run, { command: { resume: true, edits }, by, requestId }, async (request) => {
    const reading = await readFailed(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const point = standAtFailure(reading);
    const signal = await resetSignal(context, reading, point, { edits, by, request, isResumed: true });
    await goOn(context, reading, { ...signal, carry: { ...signal.carry, granted: true } });
  });
}

/** Errors: run_not_ended, run_not_failed. */
export async function readFailed(context: RunContext, run: string): Promise<RunReading> {
  const reading = await readEnded(context, run);
  if (reading.state.status !== 'completed') return reading;
  throw refusal('run_not_failed', reading, `run ${run} is completed: reset it to a step`);
}

async function resetSignal(
  context: RunContext,
  reading: RunReading,
  point: Point,
  {
    edits,
    by,
    request,
    isResumed = false,
  }: { edits?: Edits | undefined; by: Principal; request: string; isResumed?: boolean },
): Promise<ResetSignal & { carry: Record<string, unknown> }> {
  const { state, input, carry } = await editedState(context, reading, point, { edits, by: by.name });
  const told = { toStep: point.step, edits: edits ?? null, ...(isResumed ? { resumed: true } : {}) };
  return { cause: causeOf('run.reset', by, request, told), state, input, carry: { ...carry } };
}

/** The workflow continues as new from the state that the gateway folded; no answer, cancel or step is applied twice. */
async function resetOpen(context: RunContext, reading: RunReading, signal: ResetSignal): Promise<void> {
  const { run } = reading;
  const id = signal.cause.data['request'];
  const handle = context.client.workflow.getHandle(run, reading.runId);
  try {
    await translated(run, () => handle.signal(signals.reset, signal));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await runMoved(context, run, reading.state.lastSeq);
    throw error;
  }
  const end = await untilEvent(context, run, reading.state.lastSeq, ({ type }) => type === 'run.reset' || isEnd(type));
  // Another reset or a cancel came first. Where no worker has taken it in time, it still will.
  if (end !== null && end.data['request'] !== id) throw await runMoved(context, run, reading.state.lastSeq);
}

async function resetStuck(
  context: RunContext,
  reading: RunReading,
  signal: ResetSignal,
  { by, step }: { by: Principal; step: string },
): Promise<void> {
  await terminateExecution(context, reading, `reset to ${step}`, { by });
  const ended = await readEnded(context, reading.run);
  if (ended.runId !== reading.runId)
    throw new BatonError('run_moved', `run ${reading.run} went on while this was prepared: look again`, {
      run: reading.run,
    });
  await goOn(context, ended, signal);
}

function isEnd(type: string): boolean {
  return type.startsWith('run.') && endedStatuses.has(type.slice('run.'.length));
}
