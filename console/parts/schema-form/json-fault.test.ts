import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

describe('a text that is no JSON', () => {
  it.each([
    ['', 1, 1, 'there is nothing yet'],
    ['{"a": 1,\n "b" 2}', 2, 6, 'a colon is missing after the name'],
    ['{"a": 1\n "b": 2}', 2, 2, 'a comma or } is missing'],
    ['{"a": 1,}', 1, 9, 'a comma too many'],
    ['[1, 2', 1, 6, 'a ] is missing at the end'],
    ["{'a': 1}", 1, 2, 'a name in double quotes is missing'],
    ['["a', 1, 2, 'the text that begins here does not end on its line'],
    ['[01]', 1, 2, 'a number does not begin with a zero'],
    ['{"a": }', 1, 7, 'a value is missing'],
    ['1 2', 1, 3, 'something comes after the end of the value'],
    ['// x', 1, 1, 'JSON has no comments'],
    ['"\\x"', 1, 2, 'no such sequence begins with a backslash'],
    ['yes', 1, 1, 'text stands in double quotes; without them there are true, false, null and numbers'],
  ])('%j is told at line %i, column %i', (text, line, column, message) => {
    expect(jsonFault(text)).toEqual({ line, column, message });
  });

  it('nested beyond all measure is told, and does not end the page', () => {
    expect(jsonFault('['.repeat(100_000))?.message).toBe('it is nested too deeply');
  });
});

it('says nothing exactly where JSON.parse reads', () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const bits = fc.constantFrom(...'{}[],:"\\ \n09.-eE+tfn'.split(''), 'true', 'null', '"a"', '\\u00e4', 'ä', '\u0001');
  const texts = fc.oneof(
    fc.json().map((text) => text),
    fc.array(bits, { maxLength: 12 }).map((parts) => parts.join('')),
    // JSON with one place altered.
    fc.tuple(fc.json(), fc.nat(), bits).map(([text, at, bit]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + bit + text.slice(place + 1);
    }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(jsonFault(text) === null, text).toBe(isJson(text));
    }),
    { numRuns: 3_000 },
  );
});
