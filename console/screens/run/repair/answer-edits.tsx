/** Questions that would be asked again: asked, or answered by itself as before, or otherwise. */
import type { Prediction, Question, RunView } from '../../../../client/index.ts';
import type { Fault } from '../../../parts/schema-form/fault.ts';
import { SchemaForm } from '../../../parts/schema-form/schema-form.tsx';
import { useFormInput } from '../../../parts/schema-form/use-form-input.ts';
import type { Keeps } from './edits-of.ts';
import type { EditsInput } from './use-edits.ts';

interface AnswerEditsProps {
  state: RunView;
  questions: Prediction['questions'];
  editing: EditsInput;
  faults: Readonly<Record<string, readonly Fault[]>>;
}

export function AnswerEdits({ state, questions, editing, faults }: AnswerEditsProps) {
  return (
    <div className="space-y-3">
      {questions.map(({ id, kind }) => (
        <AnswerEdit
          key={id}
          run={state.id}
          id={id}
          kind={kind}
          question={state.questions.find((each) => each.id === id)}
          editing={editing}
          faults={faults[id] ?? none}
        />
      ))}
    </div>
  );
}

const none: readonly Fault[] = [];

function AnswerEdit({
  run,
  id,
  kind,
  question,
  editing,
  faults,
}: {
  run: string;
  id: string;
  kind: string;
  /** undefined: it is closed so long that the state does not show it. */
  question: Question | undefined;
  editing: EditsInput;
  faults: readonly Fault[];
}) {
  const { keeps } = editing.answers[id] ?? { keeps: 'ask' };
  const recorded = question?.answers.at(-1);
  const own = useFormInput(recorded?.answer, `repair:${run}:answer:${id}`);
  const hasNone = question?.status === 'open' || (question !== undefined && recorded === undefined);
  const choose = (chosen: Keeps) =>
    editing.setAnswer(id, chosen === 'edit' ? { keeps: chosen, answer: own.value } : { keeps: chosen });
  const input = {
    ...own,
    setValue: (value: unknown) => {
      own.setValue(value);
      editing.setAnswer(id, { keeps: 'edit', answer: value });
    },
    setText: (text: string) => {
      own.setText(text);
      const value = parsed(text);
      editing.setAnswer(id, value === undefined ? { keeps: 'edit', isNoJson: true } : { keeps: 'edit', answer: value });
    },
  };
  return (
    <fieldset className="rounded border border-line p-3">
      <legend className="px-1 font-medium">{question?.message ?? kind}</legend>
      <Choice name={id} label="Ask it again" isChosen={keeps === 'ask'} onChoose={() => choose('ask')} />
      <Choice
        name={id}
        label={
          recorded === undefined
            ? 'Keep the answer that was given'
            : `Keep the answer that ${recorded.by} gave: ${JSON.stringify(recorded.answer)}`
        }
        reason={hasNone ? 'nobody has answered it' : null}
        isChosen={keeps === 'keep'}
        onChoose={() => choose('keep')}
      />
      <Choice
        name={id}
        label="Give another answer"
        reason={question === undefined ? 'what may be answered is not known any more' : null}
        isChosen={keeps === 'edit'}
        onChoose={() => choose('edit')}
      />
      {keeps === 'edit' && question !== undefined && (
        <div className="mt-2">
          <SchemaForm label="Another answer" schema={question.answerSchema} input={input} serverFaults={faults} />
        </div>
      )}
    </fieldset>
  );
}

function Choice({
  name,
  label,
  reason = null,
  isChosen,
  onChoose,
}: {
  name: string;
  label: string;
  reason?: string | null;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="flex min-h-7 items-center gap-2">
      <input
        type="radio"
        className="size-4 shrink-0"
        name={name}
        checked={isChosen}
        disabled={reason !== null}
        onChange={onChoose}
      />
      <span className="min-w-0 break-words">
        {label}
        {reason !== null && <span className="text-muted"> ({reason})</span>}
      </span>
    </label>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The editor says where it stops being JSON.
    return undefined;
  }
}
