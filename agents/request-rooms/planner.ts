/** The steps of a request: its parts as they are, or as a model puts them. */
import { z } from 'zod';
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import { roomsStepsMax } from '../../protocol/limits.ts';
import type { Model } from '../../runtime/model/model.ts';
import { eventKinds, type Plan, type PlannedStep, type RequestInput } from './contract.ts';
import { splitQuery, toolOf } from './tool-call.ts';

const instructions = `Split what the user wants into steps, in order, each one line in one of these forms:
calculate ARITHMETIC (digits and + - * / % ( ) only), wait N s, fetch URL, summarize, or a question in plain words.`;

/** Throws `step_failed` where there are more parts than a plan may have: none is left out in silence. */
export async function plan(
  ctx: AgentContext,
  { userQuery }: RequestInput,
  model: Model | null,
): Promise<AgentResult<Plan>> {
  const planned = model === null ? null : await askForParts(ctx, model, userQuery);
  const parts = planned?.value.steps ?? splitQuery(userQuery);
  if (parts.length > roomsStepsMax)
    throw new BatonError('step_failed', `The question has ${parts.length} steps; a plan has ${roomsStepsMax} at most`);
  const steps = parts.map((text, index): PlannedStep => {
    return { id: `s${index + 1}`, order: index + 1, action: toolOf(text), text };
  });
  await ctx.emit(eventKinds.plan, { steps: steps.map(({ id, order, action }) => ({ id, order, action })) });
  return {
    done: { steps },
    message: `${steps.length} steps planned`,
    ...(planned ? { usage: planned.usage } : {}),
  };
}

function askForParts(ctx: AgentContext, model: Model, userQuery: string) {
  const answers = JSON.stringify(ctx.context['answers'] ?? {});
  return model.object({
    system: instructions,
    prompt: `${userQuery}\n\nAnswers of the user to questions: ${answers}`,
    schema: z.object({ steps: z.array(z.string().trim().min(1)).min(1).max(roomsStepsMax) }),
    signal: ctx.signal,
  });
}
