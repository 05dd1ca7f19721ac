import { describe, expect, it } from 'vitest';
import { answerPlan, chosenAnswer } from './answer-plan.ts';

const review = {
  answerSchema: {
    type: 'object',
    properties: {
      decision: { enum: ['approve', 'reject'] },
      feedback: { type: 'string' },
      text: { type: 'string' },
      pages: { type: 'integer' },
    },
    required: ['decision'],
    additionalProperties: false,
  },
  choices: [
    { value: { decision: 'approve' }, label: 'Approve' },
    { value: { decision: 'reject' }, label: 'Reject' },
  ],
  context: { text: 'Dear all', pages: 200, decision: 'approve' },
};

describe('a question with choices', () => {
  it('leaves open what the choices do not fix, and puts the proposals of its context there', () => {
    const plan = answerPlan(review);
    expect(Object.keys(plan.schema?.['properties'] as object)).toEqual(['feedback', 'text', 'pages']);
    expect(plan.initial).toEqual({ text: 'Dear all' });
    expect(plan.proposed).toEqual(['text']);
  });

  it('sends the choice with what was entered, and no proposal that is as it was', () => {
    const plan = answerPlan(review);
    const send = (entered: unknown) => chosenAnswer(review, plan, { choice: { decision: 'approve' }, entered });
    expect(send({ text: 'Dear all' })).toEqual({ decision: 'approve' });
    expect(send({ text: 'Dear everybody', feedback: 'shorter' })).toEqual({
      decision: 'approve',
      text: 'Dear everybody',
      feedback: 'shorter',
    });
    expect(send(undefined)).toEqual({ decision: 'approve' });
  });

  it('sends a proposal that is as it was where the answer needs it', () => {
    const needing = { ...review, answerSchema: { ...review.answerSchema, required: ['decision', 'text'] } };
    const entered = { text: 'Dear all' };
    expect(chosenAnswer(needing, answerPlan(needing), { choice: { decision: 'approve' }, entered })).toEqual({
      decision: 'approve',
      text: 'Dear all',
    });
  });

  it('of which nothing is left open, or which are no objects, is answered by them alone', () => {
    const yes = { answerSchema: { type: 'boolean' }, choices: [{ value: true, label: 'Yes' }], context: null };
    expect(answerPlan(yes)).toMatchObject({ schema: null, initial: undefined });
    expect(chosenAnswer(yes, answerPlan(yes), { choice: true, entered: undefined })).toBe(true);
    const properties = { continue: { type: 'boolean' } };
    const go = {
      ...yes,
      answerSchema: { type: 'object', properties },
      choices: [{ value: { continue: true }, label: 'Go' }],
    };
    expect(answerPlan(go).schema).toBeNull();
  });
});

it('a question without choices is answered by its whole schema', () => {
  const plan = answerPlan({ answerSchema: review.answerSchema, context: { text: 'Dear all', feedback: 7 } });
  expect(plan.schema).toBe(review.answerSchema);
  expect(plan.initial).toEqual({ text: 'Dear all' });
  expect(answerPlan({ answerSchema: {}, context: null })).toMatchObject({
    schema: {},
    initial: undefined,
    choices: [],
  });
});
