import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkText, countWords } from './chunk-text.ts';

const words = (count: number) => 'word '.repeat(count).trim();

describe('text is cut into chunks', () => {
  test('a short text is one chunk, a blank one is none', () => {
    expect(chunkText(' Hello. ')).toEqual(['Hello.']);
    expect(chunkText(' \n\n ')).toEqual([]);
  });

  test('before an opening code fence, so that a block stays whole', () => {
    const code = `\`\`\`ts\n${'x;\n'.repeat(10)}\`\`\``;
    expect(chunkText(`${words(10)}\n\n${code}\n\nafter`, 80)).toEqual([words(10), `${code}\n\nafter`]);
  });

  test('after a closing code fence, rather than at a later blank line', () => {
    const code = '```\na\nb\nc\n```';
    const text = `${code}\nmore\n\n${words(20)}`;
    expect(chunkText(text, 40)[0]).toBe(code);
  });

  test('at the last blank line, rather than after a later sentence', () => {
    expect(chunkText('First part of it.\n\nSecond. Third is long enough.', 40)).toEqual([
      'First part of it.',
      'Second. Third is long enough.',
    ]);
  });

  test('after the last sentence when there is no blank line', () => {
    expect(chunkText('One is here. Two is here. Three goes on and on', 30)).toEqual([
      'One is here. Two is here.',
      'Three goes on and on',
    ]);
  });

  test('not at a place in the first 30 %: such a cut leaves crumbs', () => {
    const text = `No. ${'x'.repeat(60)}`;
    expect(chunkText(text, 40).map((chunk) => chunk.length)).toEqual([40, 24]);
  });

  test('whatever the text: chunks fit, none is blank, nothing but white space is lost, no character is split', () => {
    const pieces = fc.constantFrom(
      '```\n',
      '\n```\n',
      '\n\n',
      '. ',
      'word',
      '\u{1F600}',
      '漢字。',
      ' ',
      '\n',
      '~~~',
      'é',
      '\t',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.array(pieces, { maxLength: 120 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 60 }), (text, limit) => {
        const chunks = chunkText(text, limit);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(limit);
          expect(chunk.trim()).toBe(chunk);
          expect(chunk).not.toBe('');
          expect(chunk.isWellFormed() || !text.isWellFormed()).toBe(true);
        }
        expect(chunks.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
      { numRuns: 2_000 },
    );
  });

  test('counts words by white space', () => {
    expect(countWords('  one two\n\nthree ')).toBe(3);
    expect(countWords('')).toBe(0);
  });
});
