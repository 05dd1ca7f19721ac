import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromSearchable, toSearchable } from './searchable-text.ts';

/** Short enough never to be cut. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('?', '"', '\\', "'", '\u0000', '\n', '\ue03f', '\ue0ff', '\ue13f', '\ud800', '😀'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

test('what is plain stays as it is', () => {
  for (const plain of ['ann', 'Zoë', 'olga@example.com', "O'Hara", 'host=example.com:80/a%20b_c', '漢字 😀'])
    expect(toSearchable(plain)).toBe(plain);
});

test('whatever it is, it comes back, and nothing is in it that a database stumbles over', () => {
  fc.assert(
    fc.property(text, (any) => {
      const kept = toSearchable(any);
      expect(fromSearchable(kept)).toBe(any.toWellFormed());
      expect(kept.isWellFormed()).toBe(true);
      expect(Array.from(kept).filter((character) => character < ' ' || '?"\\\u007f'.includes(character))).toEqual([]);
    }),
  );
});

test('a beginning stays a beginning', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const whole = before.toWellFormed() + after.toWellFormed();
      expect(toSearchable(whole).startsWith(toSearchable(before.toWellFormed()))).toBe(true);
    }),
  );
});

test('it is never longer than a database takes', () => {
  expect(toSearchable('a'.repeat(300))).toHaveLength(255);
  expect(toSearchable(`${'a'.repeat(254)}😀`).isWellFormed()).toBe(true);
});
