import { describe, expect, it } from 'vitest';
import { answerOf, choiceField, fieldsOf, ownAnswer, parseField } from './fields.ts';

const limit = {
  type: 'object',
  properties: {
    continue: { type: 'boolean', description: 'whether to go on' },
    maxPages: { type: 'integer', minimum: 1 },
    mode: { enum: ['fast', 'slow'], default: 'slow' },
    tags: { type: 'array' },
  },
  required: ['continue'],
};

describe('the fields of an answer', () => {
  it('are those of its object, with what they are and whether they are needed', () => {
    expect(fieldsOf({ answerSchema: limit })).toMatchObject([
      { key: 'continue', type: 'boolean', required: true, label: 'continue (whether to go on)' },
      { key: 'maxPages', type: 'integer', required: false },
      { key: 'mode', type: 'choice', default: 'slow', choices: [{ label: 'fast' }, { label: 'slow' }] },
      { key: 'tags', type: 'json', required: false },
    ]);
  });

  it('are one, for the whole, where it is no object', () => {
    expect(fieldsOf({ answerSchema: { type: 'string' } })).toMatchObject([
      { key: null, type: 'string', required: true },
    ]);
    expect(fieldsOf({ answerSchema: {} })).toMatchObject([{ key: null, type: 'json' }]);
    const constants = { anyOf: [{ const: 'yes' }, { const: 'no' }] };
    expect(fieldsOf({ answerSchema: constants })).toMatchObject([
      { type: 'choice', choices: [{ value: 'yes' }, { value: 'no' }] },
    ]);
  });

  it('are preceded by the ready-made answers, of which the last is to fill it in oneself', () => {
    const field = choiceField({ answerSchema: limit, choices: [{ value: { continue: true }, label: 'Go on' }] });
    expect(field?.choices).toEqual([
      { label: 'Go on', value: { continue: true } },
      { label: 'another answer', value: ownAnswer },
    ]);
    expect(choiceField({ answerSchema: limit })).toBeNull();
  });
});

describe('what is typed for a field', () => {
  const [flag, count, mode, tags] = fieldsOf({ answerSchema: limit });
  if (!flag || !count || !mode || !tags) throw new Error('the schema has four fields');

  it('becomes a value of its type, or is told why not', () => {
    expect(parseField(flag, 'Yes')).toEqual({ value: true });
    expect(parseField(flag, 'n')).toEqual({ value: false });
    expect(parseField(flag, 'maybe')).toEqual({ error: 'type y or n' });
    expect(parseField(count, '12')).toEqual({ value: 12 });
    expect(parseField(count, '1.5')).toEqual({ error: 'type a whole number' });
    expect(parseField(mode, '1')).toEqual({ value: 'fast' });
    expect(parseField(mode, 'SLOW')).toEqual({ value: 'slow' });
    expect(parseField(mode, '3')).toEqual({ error: 'type a number from 1 to 2' });
    expect(parseField(tags, '["a"]')).toEqual({ value: ['a'] });
    expect(parseField(tags, '[')).toHaveProperty('error');
  });

  it('is the default, or left out, where nothing is typed', () => {
    expect(parseField(mode, '')).toEqual({ value: 'slow' });
    expect(parseField(count, ' ')).toEqual({ value: undefined });
    expect(parseField(flag, '')).toHaveProperty('error');
  });

  it('makes the answer, without the fields that were left out', () => {
    const fields = fieldsOf({ answerSchema: limit });
    expect(answerOf(fields, [true, undefined, 'slow', undefined])).toEqual({ continue: true, mode: 'slow' });
    expect(answerOf(fieldsOf({ answerSchema: { type: 'string' } }), ['text'])).toBe('text');
  });
});
