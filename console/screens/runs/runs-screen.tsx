import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { RunFilter } from '../../../client/index.ts';
import { useMe } from '../../app/me.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { FilterFields } from './filter-fields.tsx';
import { ListBar } from './list-bar.tsx';
import { RunTable } from './run-table.tsx';
import { filterPart, readSearch } from './run-search.ts';
import { SearchLine } from './search-line.tsx';
import { nothingPicked, toggled } from './selection.ts';
import { StatusChips } from './status-chips.tsx';
import { useFilter } from './use-filter.ts';
import { liveRuns, useLiveRuns } from './use-live-runs.ts';
import { totalOf, useRunCount } from './use-run-count.ts';
import { ViewsMenu } from './views-menu.tsx';

export function RunsScreen() {
  const { search } = useFilter();
  const key = JSON.stringify(filterPart(search));
  const filter = useMemo(() => readSearch(JSON.parse(key) as Record<string, string>).filter, [key]);
  return (
    <Page title="Runs" aside={<ViewsMenu />}>
      <div className="mb-2 grid gap-2">
        <SearchLine />
        <FilterFields />
      </div>
      <FilteredRuns key={key} name={key} filter={filter} />
    </Page>
  );
}

/** What is picked belongs to one filter. */
function FilteredRuns({ name, filter }: { name: string; filter: RunFilter }) {
  const { search } = useFilter();
  const { isOps } = useMe();
  const runs = liveRuns(name, filter);
  const snapshot = useLiveRuns(runs);
  const count = useRunCount(filter, snapshot.news);
  const total = totalOf(count, filter);
  const [selection, setSelection] = useState(nothingPicked);
  const { list } = runs;
  const onPick = useCallback(
    (index: number, id: string, isRange: boolean) =>
      setSelection((before) => toggled(before, { index, id, isRange, idAt: (row) => list.at(row)?.id })),
    [list],
  );
  const isEmpty = list.isWhole && list.count === 0;
  useEffect(() => {
    if (isEmpty) runs.hold(false);
  }, [runs, isEmpty]);
  return (
    <>
      <StatusChips count={count} />
      <ListBar
        search={search}
        total={total}
        waiting={snapshot.waiting}
        onLetIn={() => runs.letIn()}
        selection={isOps ? selection : null}
        onSelection={setSelection}
      />
      {snapshot.error && <Fault error={snapshot.error} />}
      {isEmpty ? (
        <NoRuns isFiltered={name !== '{}'} />
      ) : (
        <RunTable runs={runs} snapshot={snapshot} total={total} selection={isOps ? selection : null} onPick={onPick} />
      )}
    </>
  );
}

function NoRuns({ isFiltered }: { isFiltered: boolean }) {
  const { mayStart } = useMe();
  return (
    <div className="rounded border border-line bg-surface p-6">
      <p>{isFiltered ? 'No run fits this filter.' : 'There are no runs yet.'}</p>
      <p className="mt-2 flex gap-4">
        {isFiltered && (
          <Link to="/runs" search={{}} className="text-accent underline">
            All runs
          </Link>
        )}
        {mayStart && (
          <Link to="/start" className="text-accent underline">
            Start a run
          </Link>
        )}
      </p>
    </div>
  );
}
