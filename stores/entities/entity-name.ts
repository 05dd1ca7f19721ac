/** The name under which an entity is kept, from what somebody has typed; null where it is none of its kind. Pure. */
import { domainToASCII } from 'node:url';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { EntityKind } from './entity-kind.ts';

const digitsMin = 7;
const digitsMax = 15;

export function entityName(kind: EntityKind, written: string): string | null {
  const text = written.trim();
  switch (kind) {
    case 'phone':
      return phoneName(text);
    case 'domain':
      return domainName(text);
    case 'email': {
      const [, local, host] = /^([^\s@]{1,64})@([^\s@]+)$/.exec(text) ?? [];
      return local === undefined || host === undefined || domainName(host) === null ? null : text.toLowerCase();
    }
  }
}

function phoneName(written: string): string | null {
  if (!/^\+?[\d\s().\-\u00a0\u2010-\u2015]+$/u.test(written)) return null;
  const known = parsePhoneNumberFromString(written, 'US');
  return known?.isValid() === true ? known.number : e164(written);
}

/** Whatever has 7 to 15 digits; ten of them without a plus are a number of North America. null for the rest. */
export function e164(written: string): string | null {
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length < digitsMin || digits.length > digitsMax) return null;
  if (written.trimStart().startsWith('+')) return `+${digits}`;
  return digits.length === 10 ? `+1${digits}` : `+${digits}`;
}

function domainName(written: string): string | null {
  const host = /^https?:\/\//i.test(written) ? URL.parse(written)?.hostname : written;
  const ascii = domainToASCII(host ?? '').toLowerCase();
  return /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/.test(ascii) && ascii.length <= 253 ? ascii : null;
}
