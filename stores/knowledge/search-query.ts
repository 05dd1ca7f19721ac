/** What a person typed, as FTS5 expressions. Nothing of it is ever read as FTS5 syntax. */
import { searchWordsMax } from '../../protocol/limits.ts';

export interface SearchExpressions {
  /** Chunks that have each word. A word with `*` after it is the beginning of one, in all three. */
  every: string;
  any: string;
  /** Chunks with a word that begins like any of the words. */
  beginnings: string;
}

/** null when the text has no word. */
export function searchExpressions(text: string): SearchExpressions | null {
  const words = (text.match(/[\p{L}\p{N}\p{M}_]+\*?/gu) ?? []).slice(0, searchWordsMax);
  if (words.length === 0) return null;
  const exact = words.map((word) => (word.endsWith('*') ? beginning(word.slice(0, -1)) : `"${word}"`));
  return {
    every: exact.join(' AND '),
    any: exact.join(' OR '),
    beginnings: words.map((word) => beginning(word.replace('*', ''))).join(' OR '),
  };
}

function beginning(word: string): string {
  return `"${word}"*`;
}
