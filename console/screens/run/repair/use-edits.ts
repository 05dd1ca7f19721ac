/** What somebody changes of a run on its way on; kept in this tab, by run, until it was sent. */
import { useMemo, useState } from 'react';
import type { Edits } from '../../../../client/index.ts';
import { forgetDraft, keepDraft, keptDraft } from '../../../parts/kept-draft.ts';
import { useFormInput, type FormInput } from '../../../parts/schema-form/use-form-input.ts';
import { objectOf } from '../../../parts/sorted-json.ts';
import { editsOf, keysTakenAway, type AnswerEdit } from './edits-of.ts';

export interface EditsInput {
  input: FormInput;
  context: FormInput;
  results: FormInput;
  answers: Readonly<Record<string, AnswerEdit>>;
  setAnswer: (question: string, edit: AnswerEdit) => void;
  /** undefined: nothing is changed. */
  edits: Edits | undefined;
  /** What must be put right first. */
  fault: string | null;
  clear: () => void;
}

const noResults = {};

export function useEdits(run: string, before: { input: unknown; context: unknown }): EditsInput {
  const key = `repair:${run}`;
  const input = useFormInput(before.input, `${key}:input`);
  const context = useFormInput(before.context, `${key}:context`);
  const results = useFormInput(noResults, `${key}:results`);
  const [answers, setAnswers] = useState(() => objectOf(keptDraft(`${key}:answers`)) as Record<string, AnswerEdit>);
  const edits = useMemo(
    () =>
      editsOf({
        input: { before: before.input, after: input.value },
        context: { before: before.context, after: context.value },
        results: results.value,
        answers,
      }),
    [before.input, before.context, input.value, context.value, results.value, answers],
  );
  const gone = keysTakenAway(before.context, context.value);
  const isNoJson =
    [input, context, results].some(({ fault }) => fault !== null) ||
    Object.values(answers).some((answer) => answer.isNoJson);
  return {
    input,
    context,
    results,
    answers,
    setAnswer: (question, edit) => {
      const next = { ...answers, [question]: edit };
      keepDraft(`${key}:answers`, next);
      setAnswers(next);
    },
    edits,
    fault: isNoJson
      ? 'Correct the JSON first.'
      : gone.length > 0
        ? `Keys of the context cannot be taken away (${gone.join(', ')}): set them to null.`
        : null,
    clear: () => {
      for (const each of [input, context, results]) each.clear();
      forgetDraft(`${key}:answers`);
      setAnswers({});
    },
  };
}
