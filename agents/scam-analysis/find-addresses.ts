/** Web and mail addresses in a text. Pure. */
import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { matches, type Found } from './text-spans.ts';

const withScheme = /https?:\/\/[^\s<>"'`{}|\\^]+/giu;
const mail =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_%+-](?:[\p{L}\p{N}._%+-]{0,62}[\p{L}\p{N}_%+-])?@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/giu;
const bareName =
  /(?<![\p{L}\p{N}@._/-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z0-9-]{1,59}|\p{L}{2,63})(?![\p{L}\p{N}@_-])(?::\d{1,5})?(?:\/[^\s<>"'`{}|\\^]*)?/giu;

/** Kept free for examples and tests (RFC 2606), or of networks beside the public one: names there are names all the same. */
const reservedSuffixes = new Set(['example', 'test', 'invalid', 'onion']);

/** `http(s)://…`, as written, without the punctuation that ends a sentence. */
export function findWebAddresses(text: string): Found[] {
  return matches(text, withScheme)
    .map(trimmed)
    .filter(({ text: url }) => hostOf(url) !== null);
}

export function findMails(text: string): Found[] {
  return matches(text, mail).filter(({ text: address }) => isName(address.slice(address.lastIndexOf('@') + 1)));
}

/** `name.tld` and `name.tld/path`. Two sentences without a blank between them are none: `Thanks.My …`. */
export function findBareNames(text: string): Found[] {
  return matches(text, bareName)
    .map(trimmed)
    .filter(({ text: name }) => {
      const host = name.split(/[/:]/, 1)[0] ?? '';
      return !/\p{Ll}\.\p{Lu}\p{Ll}+$/u.test(name) && isName(host);
    });
}

/** Lower case, international names as the resolver sees them; null where there is none. */
export function hostOf(address: string): string | null {
  const url = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return hostname === '' ? null : hostname.replace(/\.$/, '');
}

export function mailHostOf(mailAddress: string): string {
  return domainToASCII(mailAddress.slice(mailAddress.lastIndexOf('@') + 1)).toLowerCase();
}

function isName(host: string): boolean {
  const ascii = domainToASCII(host);
  if (ascii === '') return false;
  const { publicSuffix, isIcann, isPrivate, domain } = parse(ascii);
  if (domain === null) return false;
  return isIcann === true || isPrivate === true || reservedSuffixes.has(publicSuffix ?? '');
}

function trimmed({ at, text }: Found): Found {
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] ?? '';
    if (last === ')' && text.slice(0, end).split('(').length >= text.slice(0, end).split(')').length) break;
    if (!/[.,;:!?)\]*_…]/u.test(last)) break;
  }
  return { at, text: text.slice(0, end) };
}
