/** Begin, cancel and terminate: what is done to an open run. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { actorOf, signals, type CancelSignal, type Principal } from '../../protocol/execution.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import { endedStatuses } from '../../protocol/schemas/state.ts';
import { awaitMore } from '../cursor/await-more.ts';
import { withFeed } from '../feed/with-feed.ts';
import { translated } from '../history/history-service.ts';
import { requireUnmoved, runMoved } from './acts.ts';
import { once } from './once.ts';
import { readOpen } from './pending-step.ts';
import { readRun } from './read-run.ts';
import type { RunContext } from './run-context.ts';
import { terminateExecution } from './terminate-execution.ts';
import { untilEvent } from './until-event.ts';

/** How long a run may take to notice a cancel before it is asked whether it is stuck. A healthy one takes 20 ms. */
const cancelNoticedMs = 500;

export async function beginRun(context: RunContext, run: string, by: Principal): Promise<void> {
  const { state } = await readRun(context, run);
  if (state.status !== 'pending') {
    throw new BatonError('run_not_pending', `run ${run} is ${state.status}, not on hold`, {
      run,
      runStatus: state.status,
    });
  }
  await signal(context, run, signals.begin, actorOf(by));
  await untilEvent(context, run, state.lastSeq, (event) => event.type === 'run.begun', 1_500);
}

/**
 * The signal says why and by whom, the native cancel lets the workflow close as cancelled. If this process dies between
 * the two, the workflow asks for the second itself. A stuck run takes neither, so it is terminated.
 */
export async function cancelRun(
  context: RunContext,
  run: string,
  { reason, mode = 'graceful' }: { reason?: string; mode?: 'graceful' | 'now' },
  { by, ifSeq }: CommandOptions & { by: Principal },
): Promise<void> {
  const { isRunning } = await context.service.describe(run);
  if (!isRunning || ifSeq !== undefined) await requireUnmoved(context, await readOpen(context, run), ifSeq);
  const cancel: CancelSignal = { reason: reason ?? null, ...actorOf(by), mode };
  await signal(context, run, signals.cancel, cancel);
  try {
    await translated(run, () => context.client.workflow.getHandle(run).cancel());
  } catch (error) {
    // It has ended between the two: that is what was asked for.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  if (mode === 'graceful') await untilNoticed(context, run);
  await terminateStuck(context, run, cancel, by);
}

/** Until the run is cancelling, or over, or the time is up. */
async function untilNoticed({ feeds }: RunContext, run: string): Promise<void> {
  const deadline = AbortSignal.timeout(cancelNoticedMs);
  await withFeed(feeds, run, async (feed) => {
    for (;;) {
      const more = awaitMore(feed, deadline);
      if (feed.ended || feed.view().cancelling !== null || deadline.aborted) return;
      await more;
    }
  });
}

/** Where no worker runs the run is not stuck: it takes the cancel when one comes. */
async function terminateStuck(
  context: RunContext,
  run: string,
  { reason }: CancelSignal,
  by: Principal,
): Promise<void> {
  const { runId, isStuck } = await context.service.describe(run);
  if (!isStuck) return;
  const why = `cancelled by ${by.name}${reason === null ? '' : ` (${reason})`}; terminated, for the run was stuck`;
  await terminateExecution(context, { run, runId }, why, { by });
}

/** No agent cleans up. */
export async function terminateRun(
  context: RunContext,
  run: string,
  { reason }: { reason?: string },
  { by, requestId, ifSeq }: CommandOptions & { by: Principal },
): Promise<void> {
  await once(context, run, { command: { terminate: true, reason }, by, requestId }, async (request) => {
    const reading = await readOpen(context, run);
    await requireUnmoved(context, reading, ifSeq);
    await terminateExecution(context, reading, reason ?? 'terminated', { by, request });
    const isEnd = ({ type }: { type: string }) =>
      type.startsWith('run.') && endedStatuses.has(type.slice('run.'.length));
    const end = await untilEvent(context, run, reading.state.lastSeq, isEnd);
    if (end !== null && end.data['request'] !== request) throw await runMoved(context, run, reading.state.lastSeq);
  });
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
