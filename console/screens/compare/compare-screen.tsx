/** Two runs side by side: `?left=RUN&right=RUN`. Where one is missing, the lineage says which. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { client } from '../../app/client.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { ComparedRuns } from './compared-runs.tsx';
import { pairOf } from './other-run.ts';
import { RunsForm } from './runs-form.tsx';

export function CompareScreen() {
  const { left = '', right = '' } = useSearch({ from: '/compare' });
  const navigate = useNavigate();
  const known = left || right;
  const isHalf = known !== '' && (left === '' || right === '');
  const { data, error } = useQuery({
    queryKey: ['compare', known],
    queryFn: async ({ signal }) => ({ pair: pairOf(await client.timeline(known, { limit: 1, signal })) }),
    enabled: isHalf,
  });
  const pair = isHalf ? data?.pair : null;
  useEffect(() => {
    if (pair) void navigate({ to: '/compare', search: { ...pair }, replace: true });
  }, [pair, navigate]);
  return (
    <Page title="Compare">
      <RunsForm key={`${left} ${right}`} left={left} right={right} />
      {error && <Fault error={error} />}
      {isHalf && pair === null && (
        <p className="text-muted">
          {known} was forked from no run, and none was forked from it: say which run to compare it with.
        </p>
      )}
      {left !== '' && right !== '' && <ComparedRuns left={left} right={right} />}
    </Page>
  );
}
