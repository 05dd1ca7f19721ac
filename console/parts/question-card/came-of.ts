/** What came of an answer that was sent from here, in words. Pure. */
import type { AnswerOutcome, Question, RunEvent } from '../../../client/index.ts';

export interface Sent {
  outcome: AnswerOutcome;
  answer: unknown;
  /** Of the log, when it was sent. */
  afterSeq: number;
}

export type CameOf =
  | { kind: 'counted'; have: number; need: number }
  /** It is safe, and nobody has taken it yet. */
  | { kind: 'recorded' }
  | { kind: 'refused'; message: string }
  /** Somebody else, or time, was faster. */
  | { kind: 'late' };

/** `by`: who sent it; `refusals`: of this run since. */
export function cameOf(
  { outcome, answer }: Sent,
  question: Question,
  { by, refusals }: { by: string; refusals: readonly RunEvent[] },
): CameOf {
  if (outcome.outcome === 'accepted') return { kind: 'counted', have: outcome.have ?? 1, need: outcome.need ?? 1 };
  const json = JSON.stringify(answer);
  const isTaken = question.answers.some((given) => given.by === by && JSON.stringify(given.answer) === json);
  if (isTaken) return { kind: 'counted', have: question.answers.length, need: question.answersNeeded };
  const refusal = refusals.find(({ data }) => data['question'] === question.id && data['by'] === by);
  if (refusal) return { kind: 'refused', message: String(refusal.data['message']) };
  return question.status === 'open' ? { kind: 'recorded' } : { kind: 'late' };
}
