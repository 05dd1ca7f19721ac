import { expect, it } from 'vitest';
import { asDraft, fromFields, fromText, textFault, textOf } from './form-draft.ts';

const empty = { value: undefined, text: null };

it('typed JSON is the value, and stays as it was typed', () => {
  const draft = fromText(empty, '{ "a":1 }');
  expect(draft).toEqual({ value: { a: 1 }, text: '{ "a":1 }' });
  expect(textOf(draft)).toBe('{ "a":1 }');
  expect(textFault(draft)).toBeNull();
});

it('text that is no JSON loses neither itself nor the value before it', () => {
  const draft = fromText(fromText(empty, '{"a":1}'), '{"a":');
  expect(draft).toEqual({ value: { a: 1 }, text: '{"a":' });
  expect(textFault(draft)).toMatchObject({ line: 1, column: 6 });
});

it('what fields leave empty is not there', () => {
  const draft = fromFields({ a: 1, b: undefined });
  expect(draft.value).toStrictEqual({ a: 1 });
  expect(textOf(draft)).toBe('{\n  "a": 1\n}');
  expect(textOf(fromFields(undefined))).toBe('');
});

it('a draft comes back as it was kept, and anything else is none', () => {
  const draft = fromText(empty, '{"a":');
  expect(asDraft(JSON.parse(JSON.stringify(draft)))).toEqual({ text: '{"a":', value: undefined });
  expect(asDraft(null)).toBeNull();
  expect(asDraft({ text: 5 })).toBeNull();
});
