/** What went wrong, grouped: the largest group first. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FailureGroup } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useNow } from '../../live/use-now.ts';
import { ageText } from '../../parts/age.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { FilterFields } from '../runs/filter-fields.tsx';
import { filterPart, readSearch, type RunSearch } from '../runs/run-search.ts';
import { SearchLine } from '../runs/search-line.tsx';
import { useFilter } from '../runs/use-filter.ts';
import { groupSearch } from './group-search.ts';

const againMs = 10_000;

export function FailuresScreen() {
  const { search } = useFilter();
  const key = JSON.stringify(filterPart(search));
  const filter = useMemo(() => readSearch(JSON.parse(key) as RunSearch).filter, [key]);
  const { data, error } = useQuery({
    queryKey: ['failures', key],
    queryFn: ({ signal }) => client.failures({ ...filter, signal }),
    refetchInterval: againMs,
  });
  const runs = data?.items.reduce((sum, { count }) => sum + count, 0) ?? 0;
  return (
    <Page title="Failures">
      <div className="mb-3 grid gap-2">
        <SearchLine />
        <FilterFields />
      </div>
      {error && <Fault error={error} />}
      {data?.items.length === 0 && data.ungrouped === 0 && (
        <p className="rounded border border-line bg-surface p-6">
          {key === '{}' ? 'No run has failed.' : 'No failed run fits this filter.'}
        </p>
      )}
      {data !== undefined && data.items.length > 0 && (
        <>
          <p className="mb-2 text-sm tabular-nums text-muted">
            {runs.toLocaleString()} failed {runs === 1 ? 'run' : 'runs'} of {data.items.length}{' '}
            {data.items.length === 1 ? 'kind' : 'kinds'}
          </p>
          <Groups groups={data.items} search={search} />
        </>
      )}
      {data !== undefined && data.ungrouped > 0 && (
        <p className="mt-2 text-sm text-muted">
          {data.ungrouped.toLocaleString()} more failed otherwise, or without a code.
        </p>
      )}
    </Page>
  );
}

function Groups({ groups, search }: { groups: readonly FailureGroup[]; search: RunSearch }) {
  const { isOps } = useMe();
  const now = useNow();
  return (
    <ul className="grid gap-2">
      {groups.map((group) => (
        <li
          key={`${group.code} ${group.step} ${group.build}`}
          className="grid items-center gap-x-4 gap-y-2 rounded border border-line bg-surface p-3 sm:grid-cols-[5rem_minmax(0,1fr)_auto]"
        >
          <p className="text-xl font-semibold tabular-nums sm:text-right">
            {group.count.toLocaleString()}
            <span className="sr-only"> runs</span>
          </p>
          <div className="min-w-0">
            <h2 className="break-words">
              <code className="font-semibold text-bad">{group.code}</code>{' '}
              {group.step === null ? (
                'in no step'
              ) : (
                <>
                  in <code>{group.step}</code>
                </>
              )}
            </h2>
            <p className="flex flex-wrap gap-x-4 text-sm text-muted">
              <span className="tabular-nums" title={new Date(group.lastAt).toLocaleString()}>
                last {ageText(now - Date.parse(group.lastAt))} ago
              </span>
              <span>
                build <code className="break-all">{group.build ?? 'unknown'}</code>
              </span>
              <span className="min-w-0">
                as in{' '}
                <Link
                  to="/runs/$run"
                  params={{ run: group.example }}
                  search={{}}
                  className="break-all text-accent underline"
                >
                  {group.example}
                </Link>
              </span>
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            <Link to="/runs" search={groupSearch(group, search)} className={button}>
              Show the runs
            </Link>
            {isOps && (
              <Link to="/jobs/new" search={{ do: 'retry', ...groupSearch(group, search) }} className={button}>
                Retry these
              </Link>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

const button = 'inline-flex items-center rounded border border-line bg-surface px-3 py-1.5 font-medium hover:bg-raised';
