/** Retry, resume, reset and fork: what is repeated is shown before it can be done; all but retry take edits. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Edits, Foreseeable, RunView } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { Fault } from '../../../parts/fault.tsx';
import { inputLook } from '../../../parts/schema-form/input-look.ts';
import { useSettled } from '../../../parts/use-settled.ts';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { ActForm } from './act-form.tsx';
import { editFaults } from './edit-faults.ts';
import { EditsForm } from './edits-form.tsx';
import { ForeseenSection } from './foreseen-section.tsx';
import { deedAfter } from './moved-words.ts';
import type { ActFormProps } from './panel-props.ts';
import { StepPicker } from './step-picker.tsx';
import { useAct } from './use-act.ts';
import { useEdits } from './use-edits.ts';
import { usePrediction } from './use-prediction.ts';
import { useWhole } from '../../../parts/viewers/use-whole.ts';

/** How long nobody must have typed before it is asked what would be repeated. */
const settledMs = 500;

type GoOn = 'retry' | 'resume' | 'reset' | 'fork';

export function GoOnForm(props: ActFormProps) {
  // As it stood when the form was opened: what is entered is compared with that.
  const [opened] = useState(props.state);
  const { isReady, whole, error } = useWhole(opened.id, opened.input);
  const before = useMemo(() => ({ input: whole, context: opened.context }), [whole, opened]);
  if (error) return <Fault error={error} />;
  return isReady ? <Form {...props} before={before} /> : <p className="text-muted">Loading</p>;
}

function Form({ act: name, state, timeline, whyNot, onDone, before }: ActFormProps & { before: Before }) {
  const act = name as GoOn;
  const run = state.id;
  const navigate = useNavigate();
  const [search] = useAddressSearch();
  const step = act === 'reset' || act === 'fork' ? search['selectedStep'] : undefined;
  const [id, setId] = useState('');
  const editing = useEdits(run, before);
  const edits = useSettled(editing.edits, settledMs);
  const isSettled = edits === editing.edits;
  const isPossible = whyNot === null && (act !== 'reset' || step !== undefined);

  const plain = usePrediction(isPossible ? commandOf(act, step, undefined) : null);
  const ahead = usePrediction(isPossible && editing.fault === null ? commandOf(act, step, edits) : null);
  const { foreseen } = ahead;
  const questions = plain.foreseen?.prediction.questions ?? foreseen?.prediction.questions ?? [];

  const command = { act, step, edits: editing.edits, id };
  const sending = useAct(
    command,
    (options) => perform(run, command, { ...options, ...(foreseen && { ifSeq: foreseen.seq }) }),
    (after) => {
      editing.clear();
      if (act === 'fork') void navigate({ to: '/runs/$run', params: { run: after.id }, search: {} });
      else onDone(doneWords[act]);
    },
  );
  const lookAgain = () => {
    sending.reset();
    void plain.lookAgain();
    void ahead.lookAgain();
  };
  const error = sending.error ?? ahead.error;
  const asked = questions.map((question) => question.id).join(' ');
  const faults = useMemo(() => editFaults(error, asked.split(' ')), [error, asked]);
  const moved = foreseen === null || sending.isPending ? null : deedAfter(timeline.timeline?.marks ?? [], foreseen.seq);
  const reason =
    whyNot ??
    (isPossible ? null : 'Choose the step first.') ??
    editing.fault ??
    (moved === null ? null : 'Look again first: somebody has acted on the run.') ??
    (ahead.error ? 'The gateway would refuse it as it is.' : null) ??
    (foreseen !== null && isSettled ? null : 'First it is looked up what would be repeated.');
  // Of a resume the gateway says which step it is.
  const pointStep = step ?? plain.foreseen?.prediction.from.step;
  const point = timeline.steps.findLast((each) => each.step === pointStep);
  return (
    <ActForm act={act} whyNot={reason} sending={sending} error={faults.isPlaced ? null : error} onLookAgain={lookAgain}>
      {(act === 'reset' || act === 'fork') && <StepPicker steps={timeline.steps} mayBeNone={act === 'fork'} />}
      {act === 'fork' && <NewId value={id} onChange={setId} />}
      {act !== 'retry' && (
        <details open={editing.edits !== undefined || undefined}>
          <summary className="cursor-pointer py-1 font-medium text-accent">Change what it goes on from</summary>
          <div className="mt-2">
            <EditsForm
              state={state}
              editing={editing}
              faults={faults}
              questions={questions}
              steps={timeline.steps.filter(({ seq }) => point === undefined || seq < point.seq)}
            />
          </div>
        </details>
      )}
      <ForeseenSection
        state={state}
        foreseen={foreseen}
        looking={ahead.isLooking ? 'what would be repeated' : null}
        moved={moved}
        onLookAgain={lookAgain}
      />
    </ActForm>
  );
}

interface Before {
  input: unknown;
  context: unknown;
}

const doneWords: Readonly<Record<Exclude<GoOn, 'fork'>, string>> = {
  retry: 'Retried: it begins again.',
  resume: 'Resumed: it goes on from where it failed.',
  reset: 'Reset: it goes on from before that step.',
};

function commandOf(act: GoOn, step: string | undefined, edits: Edits | undefined): Foreseeable {
  const more = edits === undefined ? {} : { edits };
  if (act === 'retry') return { command: act };
  if (act === 'resume') return { command: act, ...more };
  if (act === 'reset') return { command: act, step: step ?? '', ...more };
  return { command: act, ...(step !== undefined && { step }), ...more };
}

function perform(
  run: string,
  { act, step, edits, id }: { act: GoOn; step: string | undefined; edits: Edits | undefined; id: string },
  options: { requestId: string; ifSeq?: number },
): Promise<RunView> {
  const more = { ...options, ...(edits !== undefined && { edits }) };
  if (act === 'retry') return client.retry(run, options);
  if (act === 'resume') return client.resume(run, more);
  if (act === 'reset') return client.reset(run, step ?? '', more);
  return client.fork(run, { ...more, ...(step !== undefined && { step }), ...(id !== '' && { id }) });
}

function NewId({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  return (
    <label className="block max-w-md">
      <span className="block font-medium">Id of the new run</span>
      <span id="fork-id-hint" className="block text-sm text-muted">
        letters, digits and . _ : -, at most 200; made for you when you give none
      </span>
      <input
        className={inputLook}
        value={value}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        aria-describedby="fork-id-hint"
        onChange={({ target }) => onChange(target.value.trim())}
      />
    </label>
  );
}
