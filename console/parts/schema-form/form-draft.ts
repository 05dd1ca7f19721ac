/** A value that is being entered, by fields or as JSON text. Pure. */
import { jsonFault, type JsonFault } from './json-fault.ts';

export interface FormDraft {
  /** The last that could be read. */
  value: unknown;
  /** As it was typed; null where fields were used last. */
  text: string | null;
}

export function fromText(draft: FormDraft, text: string): FormDraft {
  try {
    return { value: JSON.parse(text) as unknown, text };
  } catch {
    // Not (yet) JSON: `textFault` says where.
    return { value: draft.value, text };
  }
}

/** Fields leave undefined where nothing is: on the wire that is not there. */
export function fromFields(value: unknown): FormDraft {
  return { value: value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown), text: null };
}

export function textOf({ value, text }: FormDraft): string {
  return text ?? (value === undefined ? '' : JSON.stringify(value, null, 2));
}

export function textFault({ text }: FormDraft): JsonFault | null {
  return text === null ? null : jsonFault(text);
}

/** null where what was kept is none. */
export function asDraft(kept: unknown): FormDraft | null {
  if (typeof kept !== 'object' || kept === null || !('text' in kept)) return null;
  const { text } = kept;
  if (text !== null && typeof text !== 'string') return null;
  return { value: 'value' in kept ? kept.value : undefined, text };
}
