/** What the run shall go on from, where that is to be something else than it was. */
import { useQuery } from '@tanstack/react-query';
import type { Prediction, RunView, TimelineStep } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { SchemaForm } from '../../../parts/schema-form/schema-form.tsx';
import { AnswerEdits } from './answer-edits.tsx';
import type { EditFaults } from './edit-faults.ts';
import { JsonEdit } from './json-edit.tsx';
import { ResultPicker } from './result-picker.tsx';
import type { EditsInput } from './use-edits.ts';

interface EditsFormProps {
  state: RunView;
  editing: EditsInput;
  faults: EditFaults;
  /** Those that would be asked again were nothing changed. */
  questions: Prediction['questions'];
  /** Before the point. */
  steps: readonly TimelineStep[];
}

export function EditsForm({ state, editing, faults, questions, steps }: EditsFormProps) {
  const { input, context, results, edits } = editing;
  const blueprints = useQuery({ queryKey: ['blueprints'], queryFn: ({ signal }) => client.blueprints({ signal }) });
  const schema = blueprints.data?.find(({ name }) => name === state.blueprint)?.inputSchema;
  return (
    <div className="space-y-2">
      <Part
        title="Input"
        isChanged={edits?.input !== undefined}
        isFaulty={faults.input.length > 0}
        onClear={input.clear}
      >
        {schema === undefined ? (
          <JsonEdit label="Input" input={input} faults={faults.input} />
        ) : (
          <SchemaForm label="Input" schema={schema} input={input} serverFaults={faults.input} />
        )}
      </Part>
      <Part
        title="Context"
        isChanged={edits?.context !== undefined}
        isFaulty={faults.context.length > 0}
        onClear={context.clear}
      >
        <p className="mb-2 text-sm text-muted">
          What agents have put there, as it stands now. Keys that you change are set; all others are as they were at the
          point where it goes on.
        </p>
        <JsonEdit label="Context" input={context} faults={faults.context} />
      </Part>
      <Part
        title="Results of steps before"
        isChanged={edits?.results !== undefined}
        isFaulty={faults.results.length > 0}
        onClear={results.clear}
      >
        <p className="mb-2 text-sm text-muted">What a step is taken to have returned, by its name.</p>
        <ResultPicker run={state.id} steps={steps} results={results} />
        <JsonEdit label="Results" input={results} faults={faults.results} />
      </Part>
      {questions.length > 0 && (
        <Part
          title="Answers"
          isChanged={edits?.answers !== undefined || edits?.keepAnswers !== undefined}
          isFaulty={Object.keys(faults.answers).length > 0}
        >
          <AnswerEdits state={state} questions={questions} editing={editing} faults={faults.answers} />
        </Part>
      )}
    </div>
  );
}

function Part({
  title,
  isChanged,
  isFaulty,
  onClear,
  children,
}: {
  title: string;
  isChanged: boolean;
  isFaulty: boolean;
  onClear?: () => void;
  children: React.ReactNode;
}) {
  return (
    <details className="rounded border border-line bg-surface p-3" open={isChanged || isFaulty || undefined}>
      <summary className="cursor-pointer font-medium">
        {title}
        {isChanged && <span className="ml-2 text-accent">changed</span>}
        {isFaulty && <span className="ml-2 text-bad">to be corrected</span>}
      </summary>
      <div className="mt-3">
        {children}
        {isChanged && onClear && (
          <button type="button" className="mt-1 min-h-6 text-accent underline" onClick={onClear}>
            Leave it as it was
          </button>
        )}
      </div>
    </details>
  );
}
