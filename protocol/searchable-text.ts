/**
 * Text as Temporal's visibility keeps it in keyword attributes, and as queries of it have it. Replayed: no I/O, no clock.
 *
 * The server writes what is searched for into its SQL (1.32.1). There PostgreSQL takes each `?` for a place to fill, and no
 * database finds what has `"`, a backslash or a control character; PostgreSQL can't store U+0000, nor more than 255
 * characters, and tries again for ever. So these characters have stand-ins, one by one, so that a beginning stays a beginning.
 */
import { keywordCharacters } from './limits.ts';

/** U+E000 to U+E07F stand for U+0000 to U+007F. */
const standIns = 0xe0_00;
/** Before a character that looks like a stand-in and is none; that one is moved, too. */
const escape = 0xe0_ff;
const moved = 0x1_00;

/** At most 255 characters; what is longer is cut. */
export function toSearchable(text: string): string {
  return Array.from(text.toWellFormed(), encoded).join('').slice(0, keywordCharacters).toWellFormed();
}

export function fromSearchable(text: string): string {
  const characters = Array.from(text);
  let decoded = '';
  for (let place = 0; place < characters.length; place++) {
    const code = characters[place]?.charCodeAt(0) ?? 0;
    const next = characters[place + 1];
    if (code === escape && next !== undefined) {
      decoded += String.fromCharCode(next.charCodeAt(0) - moved);
      place++;
    } else decoded += isStandIn(code) ? String.fromCharCode(code - standIns) : characters[place];
  }
  return decoded;
}

function encoded(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20 || code === 0x7f || '"?\\'.includes(character)) return String.fromCharCode(standIns + code);
  if (isStandIn(code) || code === escape) return String.fromCharCode(escape, code + moved);
  return character;
}

function isStandIn(code: number): boolean {
  return code >= standIns && code < standIns + 0x80;
}
