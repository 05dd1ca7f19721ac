import { expect, test } from 'vitest';
import type { RestoredAnswers } from '../../protocol/execution.ts';
import { RestoredQuestions } from './restored-questions.ts';

const answered = (step: string | null, index: number, kind = 'k'): RestoredAnswers => ({
  question: `q-${index}`,
  step,
  index,
  kind,
  answers: [{ by: 'ann', answer: index }],
});

test('a question gets the answer of its step, its place and its kind, and no other', () => {
  const questions = new RestoredQuestions({ restored: [answered('a#1', 1), answered(null, 0)] });
  expect(questions.next('a#1', 'k')).toBeNull();
  expect(questions.next('a#1', 'k')).toMatchObject({ question: 'q-1' });
  expect(questions.next('a#1', 'k')).toBeNull();
  expect(questions.next(undefined, 'k')).toMatchObject({ step: null });
  expect(new RestoredQuestions({ restored: [answered('a#1', 0)] }).next('a#1', 'other')).toBeNull();
});

test('places go on counting over a continue-as-new', () => {
  const before = new RestoredQuestions({ restored: [answered(null, 1)] });
  before.next(undefined, 'k');
  expect(new RestoredQuestions(before.carry()).next(undefined, 'k')).toMatchObject({ question: 'q-1' });
});

test('what is no restored answer is none, and carries nothing on', () => {
  for (const carry of [null, 3, { restored: 3 }, { restored: [null, { step: 3 }], asked: 'x' }]) {
    const questions = new RestoredQuestions(carry);
    expect(questions.next(undefined, 'k')).toBeNull();
    expect(questions.carry()).toEqual({});
  }
});
