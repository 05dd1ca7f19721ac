import { expect, it } from 'vitest';
import { isAny, shownSchema } from './shown-schema.ts';

it('a default is told and never filled in', () => {
  expect(shownSchema({ type: 'integer', default: 3 })).toEqual({ type: 'integer', 'x-default': 3 });
});

it('a property that is called default stays one', () => {
  const schema = { type: 'object', properties: { default: { type: 'string' } } };
  expect(shownSchema(schema)).toEqual(schema);
});

it('something or null is that something, and may be empty', () => {
  const title = { default: null, description: 'd', anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] };
  expect(shownSchema(title)).toEqual({ type: ['string', 'null'], maxLength: 9, description: 'd', 'x-default': null });
});

it('what says nothing is marked, wherever it stands', () => {
  const schema = { type: 'object', properties: { input: {}, asked: { description: 'd' } }, additionalProperties: {} };
  expect(shownSchema(schema)).toEqual({
    type: 'object',
    properties: { input: { 'x-any': true }, asked: { description: 'd', 'x-any': true } },
    additionalProperties: true,
  });
  expect(isAny({ title: 'x' })).toBe(true);
  expect(isAny({ const: 1 })).toBe(false);
});

it('alternatives get names, by a constant or by their type', () => {
  const options = [{ type: 'object', properties: { action: { const: 'retry' } } }, { type: 'array' }, { minimum: 1 }];
  expect(shownSchema({ $ref: '#/$defs/A', $defs: { A: { oneOf: options } } })).toMatchObject({
    $defs: { A: { oneOf: [{ title: 'retry' }, { title: 'List' }, { title: 'Alternative 3' }] } },
  });
});
