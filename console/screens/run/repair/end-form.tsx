/** Begin, cancel, terminate: nothing is repeated, so nothing is foretold. */
import { useState } from 'react';
import { client } from '../../../app/client.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { ActForm } from './act-form.tsx';
import type { ActFormProps } from './panel-props.ts';
import { ReasonField } from './reason-field.tsx';
import { useAct } from './use-act.ts';

export function EndForm({ act, state, whyNot, onDone }: ActFormProps) {
  const run = state.id;
  const store = useRunStore();
  const [why, setWhy] = useState('');
  const [isNow, setNow] = useState(false);
  // What is shown follows the run live: what counts is what the person has seen when the form was opened or looked at again.
  const [seq, setSeq] = useState(store.lastSeq);
  const reason = why === '' ? {} : { reason: why };
  const sending = useAct<unknown>(
    { act, why, isNow },
    (options) => {
      if (act === 'begin') return client.begin(run);
      if (act === 'terminate') return client.terminate(run, { ...options, ...reason, ifSeq: seq });
      return client.cancel(run, { ...reason, mode: isNow ? 'now' : 'graceful', ifSeq: seq });
    },
    () => onDone(doneWords[act] ?? ''),
  );
  return (
    <ActForm
      act={act}
      whyNot={whyNot}
      sending={sending}
      error={sending.error}
      onLookAgain={() => setSeq(store.lastSeq)}
    >
      {act !== 'begin' && <ReasonField value={why} onChange={setWhy} />}
      {act === 'cancel' && (
        <fieldset>
          <legend className="font-medium">How</legend>
          {[false, true].map((now) => (
            <label key={String(now)} className="flex min-h-7 items-center gap-2">
              <input type="radio" className="size-4" name="mode" checked={isNow === now} onChange={() => setNow(now)} />
              {now ? 'Now: agents get no time' : 'Gracefully: agents get a moment to clean up'}
            </label>
          ))}
        </fieldset>
      )}
    </ActForm>
  );
}

const doneWords: Readonly<Record<string, string>> = {
  begin: 'It begins.',
  cancel: 'It is being cancelled.',
  terminate: 'It is terminated.',
};
