import { expect, it } from 'vitest';
import type { Question, RunEvent } from '../../../client/index.ts';
import { cameOf, type Sent } from './came-of.ts';

const question: Question = {
  id: 'q-3',
  run: 'r',
  kind: 'k',
  message: 'm',
  context: null,
  answerSchema: {},
  audience: {},
  answersNeeded: 2,
  onTimeout: { then: 'fail' },
  askedAt: '',
  status: 'open',
  answers: [],
};
const recorded: Sent = { outcome: { outcome: 'recorded' }, answer: { ok: true }, afterSeq: 3 };
const nobody = { by: 'anna', refusals: [] };
const given = (by: string, answer: unknown) => ({ by, answer, at: '' });

it('one that was accepted counts', () => {
  const sent: Sent = { ...recorded, outcome: { outcome: 'accepted', have: 1, need: 2 } };
  expect(cameOf(sent, question, nobody)).toEqual({ kind: 'counted', have: 1, need: 2 });
});

it('one that was recorded waits, until it is found among the answers', () => {
  expect(cameOf(recorded, question, nobody)).toEqual({ kind: 'recorded' });
  const taken = { ...question, answers: [given('anna', { ok: true })] };
  expect(cameOf(recorded, taken, nobody)).toEqual({ kind: 'counted', have: 1, need: 2 });
});

it('one that was recorded comes late where another closed the question', () => {
  const answered: Question = { ...question, status: 'answered', answers: [given('ben', { ok: true })] };
  expect(cameOf(recorded, answered, nobody)).toEqual({ kind: 'late' });
});

it('one that was recorded and then refused says why', () => {
  const refusal: RunEvent = {
    seq: 5,
    at: '',
    recordedAt: '',
    type: 'question.answer_refused',
    data: { question: 'q-3', by: 'anna', message: 'anna has answered already' },
  };
  expect(cameOf(recorded, question, { by: 'anna', refusals: [refusal] })).toEqual({
    kind: 'refused',
    message: 'anna has answered already',
  });
  expect(cameOf(recorded, question, { by: 'ben', refusals: [refusal] })).toEqual({ kind: 'recorded' });
});
