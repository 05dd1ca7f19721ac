/** Begin and cancel: signals to an open run. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { signals, type CancelSignal, type Principal } from '../../protocol/execution.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import { translated } from '../history/history-service.ts';
import { readRun } from './read-run.ts';
import type { RunContext } from './run-context.ts';
import { untilEvent } from './until-event.ts';

export async function beginRun(context: RunContext, run: string, by: Principal): Promise<void> {
  const { state } = await readRun(context, run);
  if (state.status !== 'pending') {
    throw new BatonError('run_not_pending', `run ${run} is ${state.status}, not on hold`, {
      run,
      runStatus: state.status,
    });
  }
  await signal(context, run, signals.begin, { by: by.name });
  await untilEvent(context, run, state.lastSeq, (event) => event.type === 'run.begun', 1_500);
}

/**
 * The signal says why and by whom, the native cancel lets the workflow close as cancelled. If this process dies between
 * the two, the workflow asks for the second itself.
 */
export async function cancelRun(
  context: RunContext,
  run: string,
  { reason, mode = 'graceful' }: { reason?: string; mode?: 'graceful' | 'now' },
  by: Principal,
): Promise<void> {
  const { isRunning } = await context.service.describe(run);
  if (!isRunning) {
    const { state } = await readRun(context, run);
    throw new BatonError('run_ended', `run ${run} is ${state.status}`, { run, runStatus: state.status });
  }
  const cancel: CancelSignal = { reason: reason ?? null, by: by.name, mode };
  await signal(context, run, signals.cancel, cancel);
  try {
    await translated(run, () => context.client.workflow.getHandle(run).cancel());
  } catch (error) {
    // It has ended between the two: that is what was asked for.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function signal(context: RunContext, run: string, name: string, payload: unknown): Promise<void> {
  try {
    await translated(run, () => context.client.workflow.getHandle(run).signal(name, payload));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { state } = await readRun(context, run);
    const status = endedStatuses.has(state.status) ? state.status : 'ending';
    throw new BatonError('run_ended', `run ${run} is ${status}`, { run, runStatus: status });
  }
}
