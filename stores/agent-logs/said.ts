/** What a line says, message and fields, as it stands in the file: JSON, sealed where there is a key. Pure but for the nonce. */
import { BatonError } from '../../protocol/errors.ts';
import { agentLogLineBytes } from '../../protocol/limits.ts';
import type { LogLine } from '../../protocol/schemas/agent-logs.ts';
import type { KeyRing } from '../encryption/key-ring.ts';
import { openBytes, sealBytes } from '../encryption/sealed-bytes.ts';

/** Whose line it is, and when it was written: what is sealed is bound to it. */
export type LinePlace = Pick<LogLine, 'at' | 'run' | 'step' | 'attempt'>;

export interface Said {
  /** null: it is in the clear. */
  key: string | null;
  said: string | Uint8Array;
}

/** `fields`: the JSON of an object. What is too much for a line is cut, and the line says so. */
export function writeSaid(
  keys: KeyRing,
  place: LinePlace,
  { message, fields }: { message: string; fields: string },
): Said {
  const text = boundedJson(message, fields);
  return keys.first === null
    ? { key: null, said: text }
    : { key: keys.first.id, said: sealBytes(keys.first, boundTo(keys.first.id, place), Buffer.from(text)) };
}

/** One that cannot be read says why, and hides no other. */
export function readSaid(
  keys: KeyRing,
  place: LinePlace,
  { key, said }: Said,
): Pick<LogLine, 'message' | 'fields' | 'unreadable'> {
  try {
    const text =
      typeof said === 'string'
        ? said
        : openBytes(keys.find(key ?? ''), boundTo(key ?? '', place), { sealed: said, what: 'text' }).toString('utf8');
    const [message, fields] = JSON.parse(text) as [string, Record<string, unknown>];
    return { message, fields };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { message: '', fields: {}, unreadable: error.message };
  }
}

function boundedJson(message: string, fields: string): string {
  const whole = `[${JSON.stringify(message)},${fields}]`;
  if (Buffer.byteLength(whole) <= agentLogLineBytes) return whole;
  const kept = JSON.stringify(shortened(message, agentLogLineBytes / 2));
  const bytes = Buffer.byteLength(fields);
  const room = agentLogLineBytes - Buffer.byteLength(kept);
  if (bytes <= room) return `[${kept},${fields}]`;
  return `[${kept},${JSON.stringify({ cut: shortened(fields, room - 64), bytes })}]`;
}

/** At most so many bytes of JSON. */
function shortened(text: string, jsonBytes: number): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= jsonBytes) return text;
  const end = `… (cut, ${Buffer.byteLength(text)} bytes)`;
  let kept = text.slice(0, jsonBytes);
  while (kept !== '' && Buffer.byteLength(JSON.stringify(kept + end)) > jsonBytes)
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
  // Half of a character is none.
  return kept.replace(/[\uD800-\uDBFF]$/, '') + end;
}

function boundTo(key: string, { at, run, step, attempt }: LinePlace): string {
  return JSON.stringify(['baton agent log', key, at, run, step, attempt]);
}
