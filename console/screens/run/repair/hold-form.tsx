/** Pause and unpause, of the run or of a step, and the next attempt at once. */
import { useState } from 'react';
import type { Foreseeable } from '../../../../client/index.ts';
import { client } from '../../../app/client.ts';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { ActForm } from './act-form.tsx';
import { stepsFor } from './acts.ts';
import { ForeseenSection } from './foreseen-section.tsx';
import { deedAfter } from './moved-words.ts';
import type { ActFormProps } from './panel-props.ts';
import { ReasonField } from './reason-field.tsx';
import { useAct } from './use-act.ts';
import { usePrediction } from './use-prediction.ts';

type Hold = 'pause' | 'unpause' | 'retry-step' | 'pause-step' | 'unpause-step';

export function HoldForm({ act: name, state, timeline, whyNot, onDone }: ActFormProps) {
  const act = name as Hold;
  const run = state.id;
  const [search, change] = useAddressSearch();
  const [why, setWhy] = useState('');
  const [force, setForce] = useState(false);
  const isOfStep = act !== 'pause' && act !== 'unpause';
  const steps = isOfStep ? stepsFor(act, timeline.timeline?.now.pending ?? []) : [];
  const step = isOfStep ? (steps.find((each) => each === search['selectedStep']) ?? steps[0]) : undefined;
  const isForeseen = act !== 'pause' && act !== 'pause-step';
  const isPossible = whyNot === null && (!isOfStep || step !== undefined);

  const ahead = usePrediction(isForeseen && isPossible ? commandOf(act, step) : null);
  const { foreseen } = ahead;
  const verification = foreseen?.prediction.verification;
  const fits = verification === undefined || verification?.verdict === 'same';
  const command = { act, step, why, force };
  const of = { ...(step !== undefined && { step }) };
  const sending = useAct(
    command,
    (options) => {
      const given = { ...options, ...of, ...(foreseen && { ifSeq: foreseen.seq }) };
      const forced = { ...given, ...(force && { force }) };
      if (act === 'unpause' || act === 'unpause-step') return client.unpause(run, forced);
      if (act === 'retry-step') return client.retryStep(run, forced);
      return client.pause(run, { ...given, ...(why !== '' && { reason: why }) });
    },
    () => onDone(doneWords[act](step ?? '')),
  );
  const lookAgain = () => {
    sending.reset();
    void ahead.lookAgain();
  };
  const error = sending.error ?? ahead.error;
  const moved = foreseen === null || sending.isPending ? null : deedAfter(timeline.timeline?.marks ?? [], foreseen.seq);
  const reason =
    whyNot ??
    (isPossible ? null : 'There is no step to choose.') ??
    (moved === null ? null : 'Look again first: somebody has acted on the run.') ??
    (ahead.error ? 'The gateway would refuse it as it is.' : null) ??
    (isForeseen && foreseen === null
      ? 'First it is looked up what would be repeated, and whether its code fits.'
      : null) ??
    (fits || force ? null : 'The code of the workers does not fit the run: it would be stuck at once.');
  return (
    <ActForm act={act} whyNot={reason} sending={sending} error={error} onLookAgain={lookAgain}>
      {isOfStep && steps.length > 0 && (
        <label className="block">
          <span className="block font-medium">Step</span>
          <select
            className="mt-1 min-h-9 max-w-full rounded border border-muted/70 bg-surface px-2 py-1 text-text"
            value={step}
            onChange={({ target }) => change({ selectedStep: target.value, stepSeq: null })}
          >
            {steps.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      {(act === 'pause' || act === 'pause-step') && <ReasonField value={why} onChange={setWhy} />}
      {isForeseen && (
        <ForeseenSection
          state={state}
          foreseen={foreseen}
          looking={ahead.isLooking ? 'what would be repeated, and whether the code fits' : null}
          moved={moved}
          onLookAgain={lookAgain}
        />
      )}
      {!fits && (
        <label className="flex min-h-7 items-center gap-2">
          <input
            type="checkbox"
            className="size-4"
            checked={force}
            onChange={({ target }) => setForce(target.checked)}
          />
          Do it all the same: its log will say that it was forced
        </label>
      )}
    </ActForm>
  );
}

const doneWords: Readonly<Record<Hold, (step: string) => string>> = {
  pause: () => 'Paused: it waits before its next decision.',
  unpause: () => 'Unpaused: it goes on.',
  'retry-step': (step) => `The next attempt of ${step} begins.`,
  'pause-step': (step) => `${step} is paused.`,
  'unpause-step': (step) => `${step} goes on.`,
};

function commandOf(act: Hold, step: string | undefined): Foreseeable {
  return { command: act === 'retry-step' ? act : 'unpause', ...(step !== undefined && { step }) };
}
