import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { lasting } from '../../../app/lasting.ts';
import { useRun, useRunStore } from '../../../live/use-run.ts';
import { useTimeline } from '../../../live/use-timeline.ts';
import { Fault } from '../../../parts/fault.tsx';
import { useNarrow } from '../../../parts/use-narrow.ts';
import { changedSearch, type AddressSearch } from '../../../parts/address-search.ts';
import { toStep } from '../run-address.ts';
import { AgentsNow } from './agents-now.tsx';
import { graphOf } from './graph-of.ts';
import { PathList } from './path-list.tsx';
import { restartsOf } from './restarts-of.ts';

const RunGraph = lazy(lasting(() => import('./run-graph.tsx')));

export function OverviewTab() {
  const store = useRunStore();
  const { state, live } = useRun(store);
  const { timeline, steps, error } = useTimeline(store);
  const navigate = useNavigate();
  const isNarrow = useNarrow();
  const graph = useMemo(
    () => timeline && graphOf({ status: timeline.status, steps, restarts: restartsOf(timeline) }),
    [timeline, steps],
  );
  if (state === null) return null;
  const goToStep = (step: string) =>
    void navigate({
      to: '/runs/$run/$tab',
      params: { run: store.run, tab: 'timeline' },
      search: (before: AddressSearch) => changedSearch(before, toStep(step)),
    });
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <AgentsNow state={state} live={live} pending={timeline?.now.pending ?? []} />
        {!isNarrow && (
          <section aria-label="Graph of the path" className="h-[30rem] rounded border border-line bg-surface">
            {graph && (
              <Suspense fallback={<p className="p-3 text-muted">The graph comes…</p>}>
                <RunGraph graph={graph} onStep={goToStep} />
              </Suspense>
            )}
          </section>
        )}
      </div>
      <div className="min-w-0">
        {error && <Fault error={error} />}
        <PathList steps={steps} total={timeline?.stepsTotal ?? 0} />
      </div>
    </div>
  );
}
