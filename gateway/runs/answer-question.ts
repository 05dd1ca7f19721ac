/** An answer: checked against its question's schema, signalled, and its outcome awaited in the log for a moment. */
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { signals, type AnswerSignal, type Principal } from '../../protocol/execution.ts';
import { answerOutcomeMs } from '../../protocol/limits.ts';
import type { AnswerOutcome } from '../../protocol/schemas/commands.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { Feed } from '../engine.ts';
import { withFeed } from '../feed/with-feed.ts';
import { translated } from '../history/history-service.ts';
import { checkAnswer } from './check-answer.ts';
import type { RunContext } from './run-context.ts';
import { untilEvent } from './until-event.ts';

export async function answerQuestion(
  context: RunContext,
  run: string,
  id: string,
  answer: unknown,
  given: { by: Principal; onBehalfOf?: string },
): Promise<AnswerOutcome> {
  return withFeed(context.feeds, run, (feed) => answerWith(feed, context, id, answer, given));
}

async function answerWith(
  feed: Feed,
  context: RunContext,
  id: string,
  answer: unknown,
  given: { by: Principal; onBehalfOf?: string },
): Promise<AnswerOutcome> {
  const { run } = feed;
  const { questions, lastSeq, status } = feed.view();
  const question = questions.find((known) => known.id === id);
  if (!question) throw new BatonError('question_not_found', `run ${run} has no question ${id}`, { run, question: id });
  if (question.status !== 'open') throw closed(question);
  if (feed.ended) throw new BatonError('run_ended', `run ${run} is ${status}`, { run, runStatus: status });
  checkAnswer(question, answer);
  const requestId = randomUUID();
  const signal: AnswerSignal = { question: id, answer, ...given, at: new Date().toISOString(), requestId };
  try {
    await translated(run, () => context.client.workflow.getHandle(run).signal(signals.answer, signal));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new BatonError('run_ended', `run ${run} has ended`, { run });
    throw error;
  }
  const event = await untilEvent(context, run, lastSeq, ({ data }) => data['requestId'] === requestId, answerOutcomeMs);
  if (event === null) return { outcome: 'recorded' };
  if (event.type === 'question.answered') {
    return { outcome: 'accepted', have: Number(event.data['have']), need: Number(event.data['need']), seq: event.seq };
  }
  const code = event.data['code'];
  const newest = feed.view().questions.find((known) => known.id === id);
  if (code === 'question_closed' && newest) throw closed(newest);
  if (code === 'forbidden') throw new BatonError('forbidden', String(event.data['message']), { run, question: id });
  throw new BatonError('answer_refused', String(event.data['message']), { run, question: id, reason: code });
}

/** By whom where somebody answered it, and when it was closed, however. */
function closed({ id, status, answers, closedAt }: Question): BatonError {
  const last = status === 'answered' ? answers.at(-1) : undefined;
  const how = `${status}${last ? ` by ${last.by}` : ''}${closedAt === undefined ? '' : ` at ${closedAt}`}`;
  return new BatonError('question_closed', `question ${id} is closed: ${how}`, {
    question: id,
    questionStatus: status,
    ...(last ? { by: last.by } : {}),
    ...(closedAt === undefined ? {} : { at: closedAt }),
  });
}
