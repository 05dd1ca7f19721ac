/**
 * Phone numbers in a text, as E.164. Numbers that a numbering plan knows are libphonenumber's to find, with all the ways
 * in which people write them; of what is left, whatever has the form of a number is one: impossible ones are evidence.
 */
import { findPhoneNumbersInText } from 'libphonenumber-js';
import { e164 } from '../../stores/entities/entity-name.ts';
import { blankOut, matches, type Found } from './text-spans.ts';

const numberLike = /(?<![\p{L}\p{N}_.,+-])\+?\(?\d[\d ().\t\u00a0\u2010-\u2015-]*\d/gu;
const dates = /(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{4}\/\d{2}\/\d{2}|\d{1,2}[.-]\d{1,2}[.-]\d{4})(?!\d)/gu;
const ipAddresses = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/gu;

const digitsMax = 15;

export function findPhones(text: string): Found[] {
  const bare = blankOut(text, [...matches(text, dates), ...matches(text, ipAddresses)]);
  // A comma may lead to an extension; here it is more likely to lead to the next number.
  const known = findPhoneNumbersInText(bare, 'US').map(({ startsAt, endsAt, number }) => ({
    at: startsAt,
    text: bare.slice(startsAt, endsAt).split(/[,;]/, 1)[0] ?? '',
    number: number.number,
  }));
  const rest = blankOut(bare, known);
  const other = matches(rest, numberLike)
    .filter(({ at, text: run }) => !/[\p{L}\p{N}_]/u.test(rest[at + run.length] ?? ''))
    .flatMap(numbersOf);
  return [...known.map(({ at, number }) => ({ at, text: number })), ...other].toSorted((a, b) => a.at - b.at);
}

/** One number, or several that only blanks keep apart. */
function numbersOf({ at, text }: Found): Found[] {
  const words = Array.from(text.matchAll(/[^ \t\u00a0]+/gu), (match) => ({ at: at + match.index, text: match[0] }));
  const isOne = digitsOf(text).length <= digitsMax;
  const found: Found[] = [];
  for (let from = 0; from < words.length;) {
    const rest = words.slice(from).map((word) => word.text);
    const count = wordsOfNumber(rest, isOne);
    const number = e164(rest.slice(0, count).join(''));
    if (number !== null) found.push({ at: words[from]?.at ?? at, text: number });
    from += count;
  }
  return found;
}

/**
 * How many of the words are the first number: as many as come to ten digits; with a plus, or where all of them can be one
 * number, as many as it may have; else the first alone.
 */
function wordsOfNumber(words: readonly string[], isOne: boolean): number {
  const isInternational = words[0]?.startsWith('+') === true;
  let digits = 0;
  let most = 1;
  for (const [index, word] of words.entries()) {
    if (index > 0 && word.startsWith('+')) break;
    digits += digitsOf(word).length;
    if (digits > digitsMax) break;
    if (digits === 10 && !isInternational) return index + 1;
    most = index + 1;
  }
  return isOne || isInternational ? most : 1;
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
