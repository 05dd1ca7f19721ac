import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchWordsMax } from '../../protocol/limits.ts';
import { searchExpressions } from './search-query.ts';

describe('what a person types becomes FTS5 expressions', () => {
  test('words are asked for together, then apart, then as beginnings', () => {
    expect(searchExpressions('durable  run')).toEqual({
      every: '"durable" AND "run"',
      any: '"durable" OR "run"',
      beginnings: '"durable"* OR "run"*',
    });
  });

  test('a star makes a beginning, operators and quotes are nothing but words and gaps', () => {
    expect(searchExpressions('data* NEAR("x" OR col:y)')?.every).toBe(
      '"data"* AND "NEAR" AND "x" AND "OR" AND "col" AND "y"',
    );
  });

  test('a text without a word asks for nothing', () => {
    expect(searchExpressions(' "*-^():{}+ ')).toBeNull();
  });

  test('a long text is cut to the words that count', () => {
    expect(searchExpressions('w '.repeat(10_000))?.every.split(' AND ')).toHaveLength(searchWordsMax);
  });

  test('no text whatever is a syntax error', () => {
    using database = new DatabaseSync(':memory:');
    database.exec('CREATE VIRTUAL TABLE t USING fts5(title, text)');
    const match = database.prepare('SELECT count(*) FROM t WHERE t MATCH ?');
    const pieces = fc.constantFrom('"', '*', 'AND', 'NOT', 'NEAR(', ')', ':', '^', '-', '+', '\0', 'é', '漢', 'a', ' ');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const expression of Object.values(searchExpressions(text) ?? {})) match.get(expression);
      }),
      { numRuns: 500 },
    );
  });
});
