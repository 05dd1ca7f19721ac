import { condition } from '@temporalio/workflow';
import { failure } from './failure.ts';
import { now } from './now.ts';
import { questionRecord } from './question-desk.ts';
import type { Supervision } from './supervision.ts';
import type { RestoredAnswers } from '../../protocol/execution.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import type { Question, QuestionDraft } from '../../protocol/schemas/question.ts';

export interface Answered {
  question: string;
  answers: { by: string; answer: unknown }[];
  /** True where the time was up and the default answer stands in. */
  expired: boolean;
}

/**
 * Asks, and waits until enough people have answered or the time is up. null where the run was interrupted.
 * Throws `question_expired` where that is what the question says.
 */
export async function askQuestion(
  run: Supervision,
  draft: QuestionDraft,
  place: { agent?: string; step?: string } = {},
): Promise<Answered | null> {
  const { log, desk } = run;
  const question = questionRecord(draft, { run: log.state.id, seq: log.nextSeq, at: now(), ...place });
  desk.open(question);
  const restored = run.restored.next(place.step, question.kind);
  if (restored) {
    const expired = restored.expired === true;
    log.append(...restoredEvents(question, restored, place));
    desk.close(question.id, expired ? 'expired' : 'answered');
    return { question: question.id, answers: restored.answers, expired };
  }
  log.append({ type: 'question.asked', at: now(), ...place, data: { question: { ...question } } });
  let timeoutMs = draft.timeoutMs;
  let { onTimeout } = question;
  for (;;) {
    const isClosed = () => !desk.isOpen(question.id) || run.interruption !== null;
    await (timeoutMs === undefined ? condition(isClosed) : condition(isClosed, timeoutMs));
    if (run.interruption !== null) {
      if (desk.isOpen(question.id)) desk.close(question.id, 'withdrawn');
      return null;
    }
    // The last answer and the end of the time may come in one task: what was accepted counts.
    if (!desk.isOpen(question.id)) {
      return { question: question.id, answers: desk.answers(question.id), expired: false };
    }
    const { then } = onTimeout;
    if (onTimeout.then !== 'escalate') desk.close(question.id, 'expired');
    log.append({ type: 'question.expired', at: now(), ...place, data: expiry(question, onTimeout) });
    if (onTimeout.then === 'default') {
      return { question: question.id, answers: [{ by: 'default', answer: onTimeout.answer }], expired: true };
    }
    if (onTimeout.then === 'fail')
      throw failure('question_expired', `nobody answered question ${question.id} in time`, place.step);
    desk.escalate(question.id, onTimeout.role);
    timeoutMs = onTimeout.timeoutMs;
    onTimeout = then === 'escalate' ? { then: 'fail' } : onTimeout;
  }
}

/** Asked and closed at once: by whom it was answered then, by whom the answer was edited, or by nobody in time. */
function restoredEvents(
  question: Question,
  { question: restoredFrom, answers, expired }: RestoredAnswers,
  place: { agent?: string; step?: string },
): EventDraft[] {
  const at = now();
  const origin = { restored: true, restoredFrom };
  const asked: EventDraft = {
    type: 'question.asked',
    at,
    ...place,
    data: { question: { ...question }, restored: true },
  };
  if (expired === true) {
    const data = { question: question.id, then: 'default', answer: answers[0]?.answer, ...origin };
    return [asked, { type: 'question.expired', at, ...place, data }];
  }
  return [
    asked,
    ...answers.map(({ by, answer }, index): EventDraft => {
      const data = { question: question.id, by, answer, have: index + 1, need: answers.length, ...origin };
      return { type: 'question.answered', at, ...place, data };
    }),
  ];
}

function expiry(question: Question, onTimeout: Question['onTimeout']): Record<string, unknown> {
  const base = { question: question.id, then: onTimeout.then };
  if (onTimeout.then === 'default') return { ...base, answer: onTimeout.answer };
  if (onTimeout.then === 'fail') return base;
  const expiresAt =
    onTimeout.timeoutMs === undefined ? {} : { expiresAt: new Date(Date.now() + onTimeout.timeoutMs).toISOString() };
  return { ...base, role: onTimeout.role, ...expiresAt };
}
