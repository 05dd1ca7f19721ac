/** The log of the run: every row of it, or those that fit a filter. */
import { useCallback, useMemo, useState } from 'react';
import { readFilter } from '../../../live/log-filter.ts';
import { placeOf } from '../../../live/log-scan.ts';
import { useLogScan } from '../../../live/use-log-scan.ts';
import { useNow } from '../../../live/use-now.ts';
import { useRun, useRunStore } from '../../../live/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { EventFilters } from './event-filters.tsx';
import { EventList, type ListedEvent } from './event-list.tsx';
import { EventView } from './event-view.tsx';
import { ScanSign } from './scan-sign.tsx';

export function EventsTab() {
  const store = useRunStore();
  const { state, version, rowsError } = useRun(store);
  const [search, change] = useAddressSearch();
  const scan = useLogScan(
    store,
    useMemo(() => readFilter(search), [search]),
    version,
  );
  const [follows, setFollows] = useState(true);
  const [toEnd, setToEnd] = useState(0);
  const lastSeq = state?.lastSeq ?? 0;
  const selected = /^\d+$/.test(search['seq'] ?? '') ? Number(search['seq']) : null;

  const at = (index: number): ListedEvent => {
    const found = scan?.matches[index];
    if (found !== undefined) return { seq: found.seq, event: found, isGone: false };
    const seq = index + 1;
    return { seq, event: store.pages.get(seq), isGone: store.pages.isGone(seq) };
  };
  const isFiltered = scan !== null;
  const onShown = useCallback(
    (first: number, last: number) => {
      if (!isFiltered) store.want(first + 1, last + 1);
    },
    [store, isFiltered],
  );
  const select = useCallback((seq: number | null) => change({ seq: seq === null ? null : String(seq) }), [change]);
  if (state === null) return null;
  return (
    <section aria-label="Event log">
      <EventFilters store={store} agents={Object.keys(state.agents).join('\n')} />
      <div className="my-2 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
        {scan ? (
          <ScanSign scan={scan} lastSeq={lastSeq} />
        ) : (
          <LogSize lastSeq={lastSeq} isOpen={state.endedAt === null} />
        )}
        {rowsError && <span className="text-bad">Rows could not be fetched: {rowsError.message}</span>}
        <span className="ml-auto inline-flex min-h-8 items-center gap-2">
          {follows ? (
            'Following the newest'
          ) : (
            <Button
              onPress={() => {
                change({ seq: null });
                setToEnd((count) => count + 1);
              }}
            >
              Follow the newest
            </Button>
          )}
        </span>
      </div>
      <div className={selected === null ? '' : 'grid gap-3 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,34%)]'}>
        <EventList
          key={isFiltered ? 'found' : 'all'}
          count={scan ? scan.matches.length : lastSeq}
          at={at}
          target={selected === null ? null : scan ? placeOf(scan.matches, selected) : selected - 1}
          selected={selected}
          onSelect={select}
          onShown={onShown}
          onFollows={setFollows}
          toEnd={toEnd}
        />
        {selected !== null && <EventView store={store} seq={selected} lastSeq={lastSeq} onSelect={select} />}
      </div>
    </section>
  );
}

function LogSize({ lastSeq, isOpen }: { lastSeq: number; isOpen: boolean }) {
  const { rate } = useRunStore();
  const perSecond = rate.perSecond(useNow(isOpen));
  return (
    <>
      <span className="min-w-28 tabular-nums">
        {lastSeq.toLocaleString()} {lastSeq === 1 ? 'event' : 'events'}
      </span>
      {isOpen && <span className="min-w-20 tabular-nums">{perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second</span>}
    </>
  );
}
