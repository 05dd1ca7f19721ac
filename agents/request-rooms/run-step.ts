/** One step of a plan by its tool. */
import { setTimeout } from 'node:timers/promises';
import type { AgentContext } from '../../protocol/agent.ts';
import type { Model } from '../../runtime/model/model.ts';
import type { AddressGuard } from '../../runtime/public-address.ts';
import { ArithmeticFault, evaluate } from './arithmetic.ts';
import type { PlannedStep } from './contract.ts';
import { fetchPage } from './fetch-page.ts';
import { StepFault } from './step-fault.ts';
import type { StepJournal } from './step-journal.ts';
import { summaryOf } from './summary.ts';
import { toolCallOf } from './tool-call.ts';

export interface StepServices {
  /** Which addresses may be fetched; null: all. */
  guard: AddressGuard | null;
  model: Model | null;
}

/** Throws a `StepFault` for what no other try would change, the signal's reason, or a model's `BatonError`. */
export async function runStep(
  ctx: AgentContext,
  step: PlannedStep,
  journal: StepJournal,
  { guard, model }: StepServices,
): Promise<Record<string, unknown>> {
  const call = toolCallOf(step.text);
  switch (call.tool) {
    case 'calculate':
      return calculate(call.expression);
    case 'wait':
      return await wait(ctx, call.waitMs, journal);
    case 'fetch':
      return await fetchPage(call.url, { guard, signal: ctx.signal });
    case 'summarize': {
      const facts = summaryOf(journal.records);
      if (model === null) return { text: facts };
      return await ask(ctx, model, journal, 'Summarize these results in one line.', facts);
    }
    case 'answer': {
      if (model === null) return { text: `No language model is configured to answer: ${call.text}` };
      const system = 'Answer in a few plain sentences. These are the results so far: ' + summaryOf(journal.records);
      return await ask(ctx, model, journal, system, call.text);
    }
  }
}

function calculate(expression: string): Record<string, unknown> {
  try {
    return { expression, value: evaluate(expression) };
  } catch (error) {
    if (error instanceof ArithmeticFault) throw new StepFault(error.code, error.message, { cause: error });
    throw error;
  }
}

/** Goes on where an earlier attempt of it was. */
async function wait(ctx: AgentContext, waitedMs: number, journal: StepJournal): Promise<Record<string, unknown>> {
  if (journal.waitsUntilMs === null) journal.waits(Date.now() + waitedMs);
  const leftMs = (journal.waitsUntilMs ?? 0) - Date.now();
  if (leftMs > 0) await setTimeout(leftMs, undefined, { signal: ctx.signal });
  return { waitedMs };
}

async function ask(
  ctx: AgentContext,
  model: Model,
  { usage }: StepJournal,
  system: string,
  prompt: string,
): Promise<Record<string, unknown>> {
  const said = await model.text({ system, prompt, signal: ctx.signal, onText: (chunk) => ctx.text(chunk) });
  usage.inputTokens += said.usage.inputTokens;
  usage.outputTokens += said.usage.outputTokens;
  return { text: said.text };
}
