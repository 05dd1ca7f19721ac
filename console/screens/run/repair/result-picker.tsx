/** Puts the result of a step into the editor, to be changed there. */
import { useState } from 'react';
import type { TimelineStep } from '../../../../client/index.ts';
import { Button } from '../../../parts/button.tsx';
import type { FormInput } from '../../../parts/schema-form/use-form-input.ts';
import { objectOf } from '../../../parts/sorted-json.ts';
import { useWhole } from '../../../parts/viewers/use-whole.ts';

export function ResultPicker({
  run,
  steps,
  results,
}: {
  run: string;
  steps: readonly TimelineStep[];
  results: FormInput;
}) {
  const ended = steps.filter(({ status }) => status === 'completed' || status === 'failed');
  const [name, setName] = useState('');
  const step = ended.findLast((each) => each.step === name) ?? ended.at(-1);
  const { isReady, whole, error } = useWhole(run, step?.result);
  if (step === undefined) return <p className="mb-2 text-sm text-muted">No step has ended before the point.</p>;
  return (
    <div className="mb-2 flex flex-wrap items-center gap-2">
      <select
        aria-label="Step whose result is to be changed"
        className="min-h-8 max-w-full rounded border border-muted/70 bg-surface px-2 py-1 text-text"
        value={step.step}
        onChange={({ target }) => setName(target.value)}
      >
        {[...new Set(ended.map((each) => each.step))].toReversed().map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <Button
        isDisabled={!isReady || results.fault !== null}
        onPress={() => results.setValue({ ...objectOf(results.value), [step.step]: whole ?? null })}
      >
        Change its result
      </Button>
      {error && <span className="text-sm text-bad">It could not be read: {error.message}</span>}
    </div>
  );
}
