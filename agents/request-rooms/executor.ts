/**
 * Runs the steps of a plan in their order, from wherever the last worker left it.
 *
 *   running ──▶ completed ──▶ the next one's running … ──▶ answer
 *      └──▶ failed (fault of the input, cancel): nothing more is run
 */
import { AgentStopped } from '../../protocol/agent-stopped.ts';
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import { eventKinds, type Plan, type PlannedStep, type RequestResult, type StepRecord } from './contract.ts';
import { runStep, type StepServices } from './run-step.ts';
import { StepFault } from './step-fault.ts';
import { StepJournal } from './step-journal.ts';
import { answerOf } from './summary.ts';

/** Throws `step_failed`, the signal's reason, or what a model throws. */
export async function execute(
  ctx: AgentContext,
  { steps }: Plan,
  services: StepServices,
): Promise<AgentResult<RequestResult>> {
  const journal = await StepJournal.resume(ctx);
  for (const step of steps.slice(journal.records.length)) {
    ctx.progress(
      journal.records.length / steps.length,
      `${step.order}/${steps.length} ${step.text}`.slice(0, 200).toWellFormed(),
    );
    const result = await carryOut(ctx, step, journal, services);
    const record: StepRecord = { step: step.order, tool: step.action, status: 'completed', result };
    await emit(ctx, step, { status: 'completed', result });
    // What a later attempt takes for done must be in the log.
    await ctx.settled();
    await journal.completed(record);
  }
  const answer = answerOf(journal.records);
  await ctx.emit(eventKinds.answer, { answer });
  const answers = (ctx.context['answers'] as Record<string, unknown> | undefined) ?? {};
  return {
    done: { status: 'completed', answer, steps: journal.records, answers, error: null },
    message: `${steps.length} steps completed`,
    ...(services.model === null ? {} : { usage: journal.usage }),
  };
}

async function carryOut(
  ctx: AgentContext,
  step: PlannedStep,
  journal: StepJournal,
  services: StepServices,
): Promise<Record<string, unknown>> {
  try {
    ctx.signal.throwIfAborted();
    await emit(ctx, step, { status: 'running' });
    return await runStep(ctx, step, journal, services);
  } catch (error) {
    if (ctx.signal.aborted) {
      if (isCancelled(ctx.signal.reason)) {
        const cancelled = { code: 'cancelled', message: 'The request was cancelled' };
        await emit(ctx, step, { status: 'failed', cancelled: true, error: cancelled });
      }
      ctx.signal.throwIfAborted();
    }
    if (!(error instanceof StepFault)) throw error;
    const { code, message } = error;
    await emit(ctx, step, { status: 'failed', error: { code, message } });
    throw new BatonError('step_failed', message, { planStep: step.id, fault: code }, { cause: error });
  }
}

async function emit(
  ctx: AgentContext,
  { id, order, action }: PlannedStep,
  outcome: Record<string, unknown>,
): Promise<void> {
  await ctx.emit(eventKinds.step, { stepId: id, stepOrder: order, tool: action, ...outcome });
}

function isCancelled(reason: unknown): boolean {
  return reason instanceof AgentStopped && reason.why === 'cancelled';
}
