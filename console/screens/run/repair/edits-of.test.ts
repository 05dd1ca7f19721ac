import { expect, test } from 'vitest';
import { editsOf, keysTakenAway, type Entered } from './edits-of.ts';

const nothing: Entered = {
  input: { before: { url: 'a' }, after: { url: 'a' } },
  context: { before: { plan: [1, 2], note: 'x' }, after: { note: 'x', plan: [1, 2] } },
  results: {},
  answers: { 'q-1': { keeps: 'ask' } },
};

test('what is as it was is not sent', () => {
  expect(editsOf(nothing)).toBeUndefined();
});

test('of the context only what is different is sent, of answers what is kept and what is new', () => {
  const entered: Entered = {
    input: { before: { url: 'a' }, after: { url: 'b' } },
    context: { before: { plan: [1, 2], note: 'x' }, after: { plan: [2, 1], more: null } },
    results: { 'coder#1': { files: 3 } },
    answers: { 'q-1': { keeps: 'ask' }, 'q-2': { keeps: 'keep' }, 'q-3': { keeps: 'edit', answer: { yes: false } } },
  };
  expect(editsOf(entered)).toEqual({
    input: { url: 'b' },
    context: { plan: [2, 1], more: null },
    results: { 'coder#1': { files: 3 } },
    answers: { 'q-3': { yes: false } },
    keepAnswers: ['q-2'],
  });
  expect(keysTakenAway(entered.context.before, entered.context.after)).toEqual(['note']);
});

test('a context that is no object changes nothing', () => {
  expect(editsOf({ ...nothing, context: { before: { a: 1 }, after: 'text' } })).toBeUndefined();
});
