/**
 * Pausing, and what is done to a single step. The run's log says it first, by a signal; then the server holds or lets go
 * of the step's activity. If this process dies between the two, the same command again does the second.
 */
import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { actorOf, signals, type Principal, type SteerSignal } from '../../protocol/execution.ts';
import { steerOutcomeMs } from '../../protocol/limits.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import type { ForceableCommand } from '../engine.ts';
import { translated } from '../history/history-service.ts';
import { requireUnmoved, runMoved } from './acts.ts';
import { once } from './once.ts';
import { chosenCall, readOpen, type PendingCall } from './pending-step.ts';
import type { RunReading } from './read-run.ts';
import { requireFit } from './require-fit.ts';
import type { RunContext } from './run-context.ts';
import { untilEvent } from './until-event.ts';

interface Options extends CommandOptions {
  by: Principal;
}

export async function pauseRun(
  context: RunContext,
  run: string,
  { step, reason }: { step?: string; reason?: string },
  { by, requestId, ifSeq }: Options,
): Promise<void> {
  await once(context, run, { command: { pause: step ?? null, reason }, by, requestId }, async (request) => {
    const reading = await readOpen(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const why = reason === undefined ? {} : { reason };
    if (step === undefined) {
      if (reading.state.paused) return;
      return await steer(context, reading, { what: 'pause', ...why, ...actorOf(by), request });
    }
    const call = await chosenCall(reading, step);
    if (!isShownPaused(reading, call)) {
      await steer(context, reading, { what: 'pause-step', step, ...why, ...actorOf(by), request });
    }
    if (!call.isPaused) await holdActivity(context, reading, call, { by, reason: reason ?? 'paused', request });
  });
}

export async function unpauseRun(
  context: RunContext,
  run: string,
  { step, force = false }: ForceableCommand,
  { by, requestId, ifSeq }: Options,
): Promise<void> {
  const forced = force ? ({ forced: true } as const) : {};
  await once(context, run, { command: { unpause: step ?? null }, by, requestId }, async (request) => {
    const reading = await readOpen(context, run);
    await requireUnmoved(context, reading, ifSeq);
    if (step === undefined) {
      if (!reading.state.paused) throw notPaused(run, `run ${run} is not paused`);
      if (!force) await requireFit(context, reading);
      return await steer(context, reading, { what: 'unpause', ...forced, ...actorOf(by), request });
    }
    const call = await chosenCall(reading, step);
    if (!call.isPaused && !isShownPaused(reading, call)) throw notPaused(run, `${step} is not paused`);
    if (!force) await requireFit(context, reading);
    await steer(context, reading, { what: 'unpause-step', step, ...forced, ...actorOf(by), request });
    await releaseActivity(context, reading, call, by);
  });
}

/** Never by the server's reset of an activity: the log counts a step's attempts. */
export async function retryStep(
  context: RunContext,
  run: string,
  { step, force = false }: ForceableCommand,
  { by, requestId, ifSeq }: Options,
): Promise<void> {
  const forced = force ? ({ forced: true } as const) : {};
  await once(context, run, { command: { retryStep: step ?? null }, by, requestId }, async (request) => {
    const reading = await readOpen(context, run);
    await requireUnmoved(context, reading, ifSeq);
    const call = await chosenCall(reading, step);
    if (!call.isWaiting && !call.isPaused) return;
    if (!force) await requireFit(context, reading);
    await steer(context, reading, { what: 'retry-step', step: call.step, ...forced, ...actorOf(by), request });
    // The server lets go at once only of what it holds.
    if (!call.isPaused) await holdActivity(context, reading, call, { by, reason: 'retried now', request });
    await releaseActivity(context, reading, call, by);
  });
}

async function steer(context: RunContext, { run, runId, state }: RunReading, signal: SteerSignal): Promise<void> {
  try {
    await translated(run, () => context.client.workflow.getHandle(run, runId).signal(signals.steer, signal));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await runMoved(context, run, state.lastSeq);
    throw error;
  }
  const isOurs = ({ data }: { data: Record<string, unknown> }) => data['request'] === signal.request;
  await untilEvent(context, run, state.lastSeq, isOurs, steerOutcomeMs);
}

async function holdActivity(
  context: RunContext,
  reading: RunReading,
  { activityId }: PendingCall,
  { by, reason, request }: { by: Principal; reason: string; request: string },
): Promise<void> {
  await whileThere(context, reading, (target) =>
    context.client.workflowService.pauseActivity({
      ...target,
      id: activityId,
      identity: by.name,
      // The server keeps it in the clear.
      reason: context.config.BATON_ENCRYPTION_KEYS === undefined ? reason : '',
      requestId: request,
    }),
  );
}

async function releaseActivity(
  context: RunContext,
  reading: RunReading,
  { activityId }: PendingCall,
  by: Principal,
): Promise<void> {
  await whileThere(context, reading, (target) =>
    context.client.workflowService.unpauseActivity({ ...target, id: activityId, identity: by.name }),
  );
}

const failedPrecondition = 9;

/** The step may end meanwhile, and somebody else may have paused it: both are as good. */
async function whileThere(
  { service }: RunContext,
  { run, runId }: RunReading,
  call: (target: { namespace: string; execution: { workflowId: string; runId: string } }) => Promise<unknown>,
): Promise<void> {
  const target = { namespace: service.namespace, execution: { workflowId: run, runId } };
  try {
    await translated(run, async () => {
      try {
        await call(target);
      } catch (error) {
        if (!isGrpcServiceError(error) || error.code !== failedPrecondition) throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
  }
}

/** As the log has it; the server may have been told by somebody else, or not yet. */
function isShownPaused({ state }: RunReading, { agent, step }: PendingCall): boolean {
  const shown = state.agents[agent];
  return shown?.step === step && shown.paused === true;
}

function notPaused(run: string, message: string): BatonError {
  return new BatonError('not_paused', message, { run });
}
