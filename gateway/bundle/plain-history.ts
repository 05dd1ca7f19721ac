/** Entries of a history as other machines can read them: decrypted, nothing outside, secrets taken out. */
import type { Payload } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { redactText, redactValue } from './redact.ts';
import type { HistoryEvent } from '../history/history-service.ts';

export interface PlainOptions {
  /** The payload as it was before it was encrypted and stored elsewhere. */
  open: (payload: Payload) => Payload | Promise<Payload>;
  redacts: boolean;
}

/** In Temporal's own JSON, one each. The entries are changed on the way. */
export async function plainEntries(entries: readonly HistoryEvent[], options: PlainOptions): Promise<unknown[]> {
  if (entries.length === 0) return [];
  for (const entry of entries) await openWithin(entry, options);
  const { events } = JSON.parse(historyToJSON({ events: [...entries] })) as { events: unknown[] };
  return events;
}

type Fields = Record<string, unknown>;

async function openWithin(message: unknown, options: PlainOptions): Promise<void> {
  if (Array.isArray(message)) {
    for (let index = 0; index < message.length; index++) {
      const each: unknown = message[index];
      if (isPayload(each)) message[index] = await plainPayload(each, options);
      else if (isMessage(each)) await openWithin(each, options);
    }
    return;
  }
  const fields = message as Fields;
  for (const [name, value] of Object.entries(fields)) {
    if (isPayload(value)) fields[name] = await plainPayload(value, options);
    else if (isMessage(value)) await openWithin(value, options);
    else if (typeof value === 'string' && options.redacts && freeTexts.has(name)) fields[name] = redactText(value);
  }
  restoreFailure(fields, options);
}

/** Words of people and of code, beside the payloads. */
const freeTexts: ReadonlySet<string> = new Set(['message', 'stackTrace', 'reason', 'summary', 'details']);

/** Where payloads are encrypted, a failure's message and trace are one of them. */
function restoreFailure(fields: Fields, { redacts }: PlainOptions): void {
  const { encodedAttributes } = fields;
  if (!isPayload(encodedAttributes)) return;
  const told = jsonOf(encodedAttributes);
  if (typeof told !== 'object' || told === null) return;
  const { message, stack_trace: trace } = told as Fields;
  if (typeof message === 'string') fields['message'] = redacts ? redactText(message) : message;
  if (typeof trace === 'string') fields['stackTrace'] = redacts ? redactText(trace) : trace;
  fields['encodedAttributes'] = null;
}

async function plainPayload(payload: Payload, { open, redacts }: PlainOptions): Promise<Payload> {
  const opened = await open(payload);
  if (!redacts) return opened;
  const value = jsonOf(opened);
  if (value === undefined) return opened;
  return { ...opened, data: Buffer.from(JSON.stringify(redactValue(value))) };
}

/** undefined: it is no JSON. */
function jsonOf({ metadata, data }: Payload): unknown {
  const encoding = metadata?.['encoding'];
  if (!encoding || !data || Buffer.from(encoding).toString() !== 'json/plain') return undefined;
  try {
    return JSON.parse(Buffer.from(data).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isPayload(value: unknown): value is Payload {
  if (!isMessage(value)) return false;
  const encoding = (value as Payload).metadata?.['encoding'];
  return encoding instanceof Uint8Array;
}

/** Numbers of 64 bits are objects, too, and have nothing inside. */
function isMessage(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !('unsigned' in value);
}
