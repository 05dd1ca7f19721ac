/** Answers that a repeated step gets by itself: those of the log, and those that were edited. Pure. */
import { BatonError } from '../../protocol/errors.ts';
import type { RestoredAnswers } from '../../protocol/execution.ts';
import type { Edits } from '../../protocol/schemas/commands.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { checkAnswer } from './check-answer.ts';
import { questionsAfter, type AskedQuestion } from './questions-after.ts';

/** `by` has edited. Errors: invalid_state (a question that is not asked again), invalid_answer. */
export function restoredAnswers(
  log: readonly RunEvent[],
  state: RunState,
  { answers = {}, keepAnswers = [] }: Edits,
  by: string,
): RestoredAnswers[] {
  const asked = questionsAfter(log, state);
  const named = (id: string, field: string): AskedQuestion => {
    const known = asked.find(({ question }) => question.id === id);
    if (known) return known;
    const there = asked.length === 0 ? 'none is' : `these are: ${asked.map(({ question }) => question.id).join(', ')}`;
    const message = `${field}: question ${id} is not asked again after this point; ${there}`;
    throw new BatonError('invalid_state', message, { field, questions: asked.map(({ question }) => question.id) });
  };
  const edited = Object.entries(answers).map(([id, answer]): RestoredAnswers => {
    const { question, index } = named(id, `edits.answers.${id}`);
    checkEdited(question, answer);
    return { ...placeOf(question, index), answers: [{ by, answer }] };
  });
  const kept = keepAnswers === 'all' ? asked : keepAnswers.map((id, at) => named(id, `edits.keepAnswers.${at}`));
  const recorded = kept.flatMap(({ question, index }): RestoredAnswers[] => {
    const given = recordedAnswers(log, question);
    if (Object.hasOwn(answers, question.id) || given.answers.length === 0) return [];
    return [{ ...placeOf(question, index), ...given }];
  });
  return [...edited, ...recorded];
}

function placeOf({ id, step, kind }: Question, index: number): Omit<RestoredAnswers, 'answers'> {
  return { question: id, step: step ?? null, index, kind };
}

/** None where the question was left open. */
function recordedAnswers(log: readonly RunEvent[], { id }: Question): Pick<RestoredAnswers, 'answers' | 'expired'> {
  const given = log.filter(({ type, data }) => type === 'question.answered' && data['question'] === id);
  const isClosed = given.some(({ data }) => Number(data['have']) >= Number(data['need']));
  if (isClosed)
    return {
      answers: given.map(({ data }) => ({ by: String(data['onBehalfOf'] ?? data['by']), answer: data['answer'] })),
    };
  const expired = log.find(({ type, data }) => type === 'question.expired' && data['question'] === id);
  if (expired?.data['then'] !== 'default') return { answers: [] };
  return { answers: [{ by: 'default', answer: expired.data['answer'] }], expired: true };
}

function checkEdited(question: Question, answer: unknown): void {
  try {
    checkAnswer(question, answer);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    const { field: told } = error.details;
    const inside = typeof told === 'string' ? told.slice('answer'.length) : '';
    const field = `edits.answers.${question.id}${inside}`;
    throw new BatonError('invalid_answer', `${field}: ${error.message}`, { ...error.details, field }, { cause: error });
  }
}
