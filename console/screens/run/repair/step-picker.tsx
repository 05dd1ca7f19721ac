/** Which step it goes on from: the one that is selected, here or in the pictures of the run. */
import type { TimelineStep } from '../../../../client/index.ts';
import { TabLink } from '../tab-link.tsx';
import { useAddressSearch } from '../../../parts/use-address-search.ts';

export function StepPicker({ steps, mayBeNone }: { steps: readonly TimelineStep[]; mayBeNone: boolean }) {
  const [search, change] = useAddressSearch();
  const selected = search['selectedStep'] ?? '';
  const names = [...new Set([...steps.map(({ step }) => step).toReversed(), ...(selected === '' ? [] : [selected])])];
  return (
    <div>
      <label className="block">
        <span className="block font-medium">From before the step</span>
        <select
          className="mt-1 min-h-9 max-w-full rounded border border-muted/70 bg-surface px-2 py-1 text-text"
          value={selected}
          onChange={({ target }) => change({ selectedStep: target.value === '' ? null : target.value, stepSeq: null })}
        >
          <option value="">{mayBeNone ? 'From the beginning' : 'Choose one'}</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <p className="mt-1 text-sm text-muted">
        Or click it in the{' '}
        <TabLink tab="timeline" staysInPlace>
          timeline
        </TabLink>
        .
      </p>
    </div>
  );
}
