import { useCallback, useMemo, useState } from 'react';
import { forgetDraft, keepDraft, keptDraft } from '../kept-draft.ts';
import { asDraft, fromFields, fromText, textFault, textOf, type FormDraft } from './form-draft.ts';
import type { JsonFault } from './json-fault.ts';

/** What `SchemaForm` edits. */
export interface FormInput {
  /** The value as it stands; while `fault` is not null, the last one that could be read. */
  value: unknown;
  /** The value as JSON, as it was typed where it was typed. */
  text: string;
  /** Where the typed text is no JSON. */
  fault: JsonFault | null;
  /** Whether it is another value than it began with, in this tab. */
  isTouched: boolean;
  setValue: (value: unknown) => void;
  setText: (text: string) => void;
  /** Back to what it began with; nothing stays kept. To be called once it has been sent. */
  clear: () => void;
}

/**
 * `initial`: what it begins with, and is taken anew with each `draftKey`, which names what the value belongs to
 * (`start:crawl`, `answer:RUN/ID`): under it, it survives a reload. null: it is not kept.
 */
export function useFormInput(initial: unknown, draftKey: string | null): FormInput {
  const begin = (): { key: string | null; draft: FormDraft; isTouched: boolean } => {
    const kept = draftKey === null ? null : asDraft(keptDraft(draftKey));
    return { key: draftKey, draft: kept ?? { value: initial, text: null }, isTouched: kept !== null };
  };
  const [state, setState] = useState(begin);
  const current = state.key === draftKey ? state : begin();
  if (current !== state) setState(current);
  const { draft, isTouched } = current;

  const change = useCallback(
    (next: (draft: FormDraft) => FormDraft) =>
      setState((before) => {
        const changed = next(before.draft);
        if (before.key !== null) keepDraft(before.key, changed);
        return { key: before.key, draft: changed, isTouched: true };
      }),
    [],
  );
  const setValue = useCallback((value: unknown) => change(() => fromFields(value)), [change]);
  const setText = useCallback((text: string) => change((before) => fromText(before, text)), [change]);
  const clear = useCallback(() => {
    if (draftKey !== null) forgetDraft(draftKey);
    setState({ key: draftKey, draft: { value: initial, text: null }, isTouched: false });
  }, [draftKey, initial]);

  return useMemo(
    () => ({
      value: draft.value,
      text: textOf(draft),
      fault: textFault(draft),
      isTouched,
      setValue,
      setText,
      clear,
    }),
    [draft, isTouched, setValue, setText, clear],
  );
}
