import { expect, test } from 'vitest';
import { instructionsCharacters, updateBytes } from '../protocol/limits.ts';
import { decisionPrompt, decisionSchema } from './decision-prompt.ts';

const schema = decisionSchema(['writer', 'end']);
const fits = { goto: 'writer', instructions: 'Write.', reason: 'it is time' };

test('a choice of the roster with a reason fits; instructions and an update may be missing', () => {
  expect(schema.safeParse({ ...fits, update: { mood: 'grim' } }).success).toBe(true);
  expect(schema.safeParse({ goto: 'end', instructions: null, reason: 'done', update: null }).success).toBe(true);
  expect(schema.safeParse({ goto: 'end', reason: 'done' }).success).toBe(true);
});

test.each([
  { answer: { ...fits, goto: 'nobody' } },
  { answer: { ...fits, goto: 'constructor' } },
  { answer: { ...fits, reason: '  ' } },
  { answer: { ...fits, instructions: 'x'.repeat(instructionsCharacters + 1) } },
  { answer: { ...fits, update: { large: 'x'.repeat(updateBytes) } } },
  { answer: { ...fits, update: ['a list'] } },
  { answer: [fits] },
])('anything else does not: $answer.goto', ({ answer }) => {
  expect(schema.safeParse(answer).success).toBe(false);
});

test('the roster is told with the blueprint’s own words before those of the contract; empty parts are left out', () => {
  const situation = { task: 'a poem', iteration: 4, context: {}, agents: [], answers: [], decisions: [], last: [] };
  const choices = [{ name: 'writer' }, { name: 'player', description: 'plays here' }, { name: 'stranger' }];
  const { system, prompt } = decisionPrompt({ brief: 'Be quick.', choices, situation }, (name) =>
    name === 'stranger' ? undefined : `${name} by contract`,
  );
  expect(system).toContain('- writer: writer by contract\n- player: plays here\n- stranger: an agent\n\nBe quick.');
  expect(prompt).toBe('## Task\na poem\n\nThis is decision 4. Who works next?');
});

test('answers of people and earlier decisions are told', () => {
  const situation = {
    task: 'a poem',
    iteration: 2,
    context: { mood: 'grim' },
    agents: [{ name: 'writer', status: 'completed', calls: 2 }],
    answers: [{ kind: 'approve', answer: '{"yes":true}' }],
    decisions: [{ goto: 'writer', reason: 'first' }],
    last: [{ agent: 'writer', step: 'writer#2', status: 'completed', outcome: 'Iron' }],
  };
  const { prompt } = decisionPrompt({ brief: '', choices: [], situation }, () => undefined);
  for (const words of [
    '- mood: grim',
    '- writer: completed, 2 times',
    '- approve: {"yes":true}',
    '- writer: first',
    '- writer#2 completed: Iron',
  ])
    expect(prompt).toContain(words);
});
