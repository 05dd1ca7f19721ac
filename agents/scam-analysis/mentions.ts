import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CheckedEntity } from './find-entities.ts';

/** Whether a page speaks of the entity; of a number in whatever way it is written, with or without its country. */
export function mentions(page: string, { kind, value }: CheckedEntity): boolean {
  if (kind !== 'phone') return page.toLowerCase().includes(value);
  const national = parsePhoneNumberFromString(value)?.nationalNumber ?? value.slice(1);
  const pattern = national.split('').join('[ ().\\u2010-\\u2015-]{0,3}');
  return new RegExp(`(?<!\\d)(?:\\+?\\d{1,3}[ ().-]{0,3})?\\(?${pattern}(?!\\d)`, 'u').test(page);
}
