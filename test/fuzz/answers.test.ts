/** Answers against schemas that agents, models and MCP servers may give: none ends or holds up the gateway. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkAnswer } from '../../gateway/runs/check-answer.ts';
import { BatonError } from '../../protocol/errors.ts';
import { answerCheckMs } from '../../protocol/limits.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { rounds } from '../harness/test-size.ts';
import { hostileString, hostileValue } from './hostile-values.ts';
import { newSeed } from './seed.ts';
import { busyMs } from '../harness/busy.ts';

const check = { seed: newSeed('answers'), numRuns: rounds(300, 4_000) };

const question = (answerSchema: unknown) => ({ id: 'q-1', answerSchema }) as unknown as Question;

/** `invalid_answer`, or null where it is taken; anything else is a fault. */
function outcomeOf(schema: unknown, answer: unknown): BatonError | null {
  const began = performance.now();
  try {
    checkAnswer(question(schema), answer);
    return null;
  } catch (error) {
    if (error instanceof BatonError && error.code === 'invalid_answer') return error;
    throw error;
  } finally {
    // Compiling and checking may each take their time.
    expect(performance.now() - began).toBeLessThan(2 * answerCheckMs + busyMs);
  }
}

const keyword = fc.constantFrom(
  'type',
  'properties',
  'required',
  'items',
  'prefixItems',
  'enum',
  'const',
  'pattern',
  'patternProperties',
  'additionalProperties',
  'minLength',
  'maximum',
  'multipleOf',
  'uniqueItems',
  'contains',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  '$ref',
  '$defs',
  '$id',
  '$anchor',
  '$dynamicRef',
  '$schema',
  '$async',
  '$data',
  'format',
  'nullable',
  'discriminator',
  'unevaluatedProperties',
  'dependentSchemas',
  '__proto__',
);
const schema: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  schema: fc.array(fc.tuple(keyword, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'object',
      'array',
      'string',
      'number',
      'boolean',
      'null',
      'date-time',
      'regex',
      'uri',
      '#',
      '#/$defs/a',
      'http://x.test/s',
      '(',
      '^(a|a)*$',
      '\\p{L}+',
      0,
      -1,
      1.5,
      true,
      false,
      null,
    ),
    hostileValue,
    tie('schema'),
    fc.array(tie('schema'), { maxLength: 3 }),
    fc.dictionary(hostileString, tie('schema'), { maxKeys: 3 }),
  ),
})).schema;

test('any schema and any answer end in time, in an answer that is taken or refused', () => {
  fc.assert(
    fc.property(schema, hostileValue, (given, answer) => void outcomeOf(given, answer)),
    check,
  );
}, 900_000);

const chain = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [
    `a${index}`,
    index === 49
      ? { type: 'string' }
      : { allOf: [{ $ref: `#/$defs/a${index + 1}` }, { $ref: `#/$defs/a${index + 1}` }] },
  ]),
);

test.each([
  ['an expression that backtracks', { type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`],
  [
    'keys that are matched by one',
    { patternProperties: { '^(a|aa)+$': { type: 'number' } } },
    { [`${'a'.repeat(90)}!`]: 1 },
  ],
  ['a schema that unfolds to 2^50', { $ref: '#/$defs/a0', $defs: chain }, 1],
])('%s is broken off, and the answer refused', (_, given, answer) => {
  expect(outcomeOf(given, answer)?.message).toContain('in time');
});

test('a schema that is none leaves the answer to the agent', () => {
  const endless = { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } };
  for (const none of [endless, { $ref: 'http://x.test/s' }, { pattern: '(' }, { type: 5 }, { properties: 1 }])
    expect(outcomeOf(none, { any: 'thing' })).toBe(null);
});

test('drafts and ids that tools write into schemas change nothing, and a promise is never made', () => {
  expect(
    outcomeOf({ $schema: 'http://json-schema.org/draft-07/schema#', $id: 'http://x.test/s', type: 'boolean' }, 'no'),
  ).not.toBe(null);
  expect(outcomeOf({ $async: true, type: 'boolean' }, 'no')).not.toBe(null);
  expect(outcomeOf({ properties: { a: { $id: 'http://x.test/a', type: 'number' } } }, { a: 'x' })).not.toBe(null);
  expect(outcomeOf({ properties: { b: { $id: 'http://x.test/a', type: 'boolean' } } }, { b: 'x' })).not.toBe(null);
  expect(outcomeOf({ $ref: 'http://x.test/a' }, 'x'), 'another question’s part').toBe(null);
});

test('an answer over the limit is refused before it is compared with itself', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({ index }));
  expect(outcomeOf({ type: 'array', uniqueItems: true }, many)?.message).toContain('16384 bytes');
});

test('of thousands of faults the first few are listed', () => {
  const error = outcomeOf(
    { type: 'array', items: { type: 'string' } },
    Array.from({ length: 5_000 }, () => 1),
  );
  expect(error?.details['faults']).toHaveLength(20);
});
