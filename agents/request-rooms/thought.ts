/** What a request wants, and what must be asked before anything is planned. */
import { z } from 'zod';
import type { AgentContext, AgentResult } from '../../protocol/agent.ts';
import { roomsQuestionSecondsDefault } from '../../protocol/limits.ts';
import type { QuestionDraft } from '../../protocol/schemas/question.ts';
import type { Model } from '../../runtime/model/model.ts';
import { questionKind, type RequestInput, type Thought } from './contract.ts';
import { splitQuery, toolOf } from './tool-call.ts';

/** The one question has this name in results, whatever the run calls it. */
const firstQuestion = 'q-1';

export async function think(
  ctx: AgentContext,
  { userQuery, context }: RequestInput,
  model: Model | null,
): Promise<AgentResult<Thought>> {
  const answered = ctx.returned.find((entry) => entry.kind === 'answer');
  if (context.askFirst === true && answered === undefined)
    return { ask: questionOf(userQuery, context.questionTimeoutSeconds ?? roomsQuestionSecondsDefault) };
  const answers = answered === undefined ? {} : { [firstQuestion]: answered.answers[0]?.answer ?? null };
  const parts = splitQuery(userQuery);
  const understood = model === null ? null : await understand(ctx, model, userQuery);
  const intent = understood?.value.intent ?? toolOf(parts[0] ?? userQuery);
  return {
    done: { intent, steps: parts.length },
    update: { answers },
    message: `wants to ${intent}`.slice(0, 200),
    ...(understood ? { usage: understood.usage } : {}),
  };
}

function questionOf(userQuery: string, timeoutSeconds: number): QuestionDraft {
  const about = userQuery.length > 200 ? `${userQuery.slice(0, 200).toWellFormed()}…` : userQuery;
  return {
    kind: questionKind,
    message: `What else should be known before this is worked on: ${about}`,
    answerSchema: {},
    timeoutMs: timeoutSeconds * 1_000,
    onTimeout: { then: 'default', answer: null },
  };
}

function understand(ctx: AgentContext, model: Model, userQuery: string) {
  return model.object({
    system: 'Name what the user wants in one or two words, such as calculate, compare or explain.',
    prompt: userQuery,
    schema: z.object({ intent: z.string().min(1).max(100) }),
    signal: ctx.signal,
  });
}
