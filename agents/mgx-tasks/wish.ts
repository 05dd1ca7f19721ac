/** What a wish is about, read without a model: pure, the same prompt gives the same wish. */
import { eitherWords, fieldOpeners, fillers, plural, productWords, singular, verbOpeners } from './words.ts';

export interface Thing {
  /** Singular, as people say it. */
  name: string;
  plural: string;
  /** The same as part of a path or a name in code: ASCII, camelCase. */
  code: string;
  fields: string[];
}

export interface Wish {
  /** As in `app`, `page`. */
  product: string;
  /** At least one. */
  things: Thing[];
}

const thingsMax = 3;
const fieldsMax = 6;
const wordCharacters = 40;

interface Noun {
  word: string;
  isField: boolean;
}

export function readWish(prompt: string): Wish {
  const nouns = nounsOf(prompt);
  const products = nouns.filter(({ word }) => productWords.has(word));
  const about = nouns.filter(({ word }) => !productWords.has(word));
  const named = about.filter(({ isField }) => !isField);
  const things = (named.length > 0 ? named : about).slice(0, thingsMax).map(({ word }) => word);
  const fields = named.length > 0 ? about.filter(({ isField }) => isField).map(({ word }) => word) : [];
  const [first = products[0]?.word ?? 'item', ...more] = things;
  const names = [first, ...more];
  const codes = names.map(codeOf);
  return {
    product: products[0]?.word ?? 'app',
    things: names.map((name, index) => ({
      name,
      plural: plural(name),
      code: codes.indexOf(codes[index] ?? '') === index ? (codes[index] ?? '') : `item${index + 1}`,
      fields: index === 0 && fields.length > 0 ? fields.slice(0, fieldsMax) : ['name', 'note'],
    })),
  };
}

/** Singular, each once, in the order of the prompt. */
function nounsOf(prompt: string): Noun[] {
  const found = new Map<string, Noun>();
  for (const sentence of prompt.toLowerCase().split(/[.!?;\n]+/)) {
    let isField = false;
    let before = 'please';
    for (const word of wordsOf(sentence)) {
      if (fieldOpeners.has(word)) isField = found.size > 0;
      const isVerb = eitherWords.has(word) && verbOpeners.has(before);
      before = word;
      if (isVerb || fillers.has(word) || !isName(word)) continue;
      const noun = singular(word);
      if (!found.has(noun)) found.set(noun, { word: noun, isField });
    }
  }
  return [...found.values()];
}

function isName(word: string): boolean {
  if (!/\p{L}/u.test(word)) return false;
  if (/^[a-z'-]+$/.test(word)) return word.length > 2 && !/(?:ly|ing|ed|able|ful|ous|n't)$/.test(word);
  return word.length > 1;
}

/** Words with their hyphens; scripts without blanks are cut by the dictionary. */
function wordsOf(sentence: string): string[] {
  const words = sentence.match(/[\p{L}\p{N}\p{M}]+(?:[-'’][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
  return words.flatMap((word) => (unspaced.test(word) ? cut(word) : [word.replace(/['’]s$/, '')])).map(shortened);
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function cut(text: string): string[] {
  return Array.from(segmenter.segment(text))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

function shortened(word: string): string {
  return Array.from(word).slice(0, wordCharacters).join('');
}

function codeOf(name: string, index: number): string {
  const parts = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');
  const code = parts.map((part, at) => (at === 0 ? part : capitalized(part))).join('');
  return /^[a-z]/.test(code) && !reserved.has(code) ? code : `item${index + 1}`;
}

/** Names of the other files. */
const reserved = new Set(['main', 'store']);

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
