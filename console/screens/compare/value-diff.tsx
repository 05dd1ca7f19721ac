/** A value of both, line by line as JSON; what they have in common is folded away. */
import { lazy, Suspense, useMemo } from 'react';
import { lasting } from '../../app/lasting.ts';
import { Fault } from '../../parts/fault.tsx';
import { sortedJson } from '../../parts/sorted-json.ts';
import { useWhole } from '../../parts/viewers/use-whole.ts';

const EditsDiff = lazy(lasting(() => import('../../parts/question-card/edits-diff.tsx')));

interface Value {
  run: string;
  value: unknown;
}

export function ValueDiff({ title, left, right }: { title: string; left: Value; right: Value }) {
  const [one, other] = [useWhole(left.run, left.value), useWhole(right.run, right.value)];
  const error = one.error ?? other.error;
  const [before, after] = [useJson(one.whole), useJson(other.whole)];
  return (
    <section aria-label={title} className="rounded border border-line bg-surface p-3">
      <h2 className="mb-1 font-semibold">{title}</h2>
      {error ? (
        <Fault error={error} />
      ) : !one.isReady || !other.isReady ? (
        <p className="text-muted">Loading</p>
      ) : before === after ? (
        <p className="text-muted">{before === '' ? 'Neither has one.' : 'The same.'}</p>
      ) : (
        <>
          <p className="mb-1 text-sm text-muted">− left, + right</p>
          <Suspense fallback={<p className="text-muted">Loading</p>}>
            <EditsDiff name={title} before={before} after={after} />
          </Suspense>
        </>
      )}
    </section>
  );
}

function useJson(value: unknown): string {
  return useMemo(() => (value === null ? '' : sortedJson(value, 2)), [value]);
}
