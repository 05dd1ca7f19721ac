/**
 * Rows of runs, however many: only those in sight exist. As a table, or as cards where the page is narrow. Keys: j and k
 * (or the arrows) go from row to row, Enter opens, x picks, X picks up to here.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useKeys } from '../../app/keys.ts';
import { useNow } from '../../live/use-now.ts';
import { useNarrow } from '../../parts/use-narrow.ts';
import type { LiveRuns, RunsSnapshot } from './live-runs.ts';
import { RunCard, RunRow } from './run-row.tsx';
import { BlankRow, headHeight, RunTableHead } from './run-table-head.tsx';
import './runs.css';
import { useMoving } from './use-moving.ts';
import { isPicked, type Selection } from './selection.ts';

const rowHeight = 38;
const cardHeight = 86;
/** The virtualizer keeps the place of each row that it has shown, 80 bytes: after so many they are forgotten. */
const placesKept = 4_000;
/** Rows that are shown as coming while there are more. */
const coming = 8;

interface RunTableProps {
  runs: LiveRuns;
  snapshot: RunsSnapshot;
  /** Of all that fit; null: not known yet. */
  total: number | null;
  /** null: nothing can be picked. */
  selection: Selection | null;
  onPick: (index: number, id: string, isRange: boolean) => void;
}

export function RunTable({ runs, snapshot, total, selection, onPick }: RunTableProps) {
  const { list } = runs;
  const isNarrow = useNarrow();
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState<number | null>(null);
  const [isAtTop, setIsAtTop] = useState(runs.scrollTop === 0);
  const [isMoving, movedOver] = useMoving();
  const height = isNarrow ? cardHeight : rowHeight;
  const head = isNarrow ? 0 : headHeight;
  const count = list.count + (list.isWhole ? 0 : coming);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: head,
    scrollPaddingStart: head,
    initialOffset: runs.scrollTop,
  });
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = runs.scrollTop;
  }, [runs]);
  const shown = rows.getVirtualItems();
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  const stretch = Math.floor(first / placesKept);
  useEffect(() => rows.measure(), [rows, height, stretch]);
  const hasRow = shown.some(({ index }) => list.at(index));
  useEffect(() => runs.want(first, last), [runs, first, last, snapshot.version]);
  const picks = selection !== null && (selection.all || selection.picked.size > 0);
  useEffect(() => {
    runs.hold(!isAtTop || isMoving || reached !== null || picks);
    return () => runs.hold(true);
  }, [runs, isAtTop, isMoving, reached, picks]);

  const goTo = useCallback(
    (row: number) => {
      const to = Math.min(Math.max(0, row), list.count - 1);
      if (to < 0) return;
      setReached(to);
      rows.scrollToIndex(to, { align: 'auto' });
      requestAnimationFrame(() =>
        scroller.current
          ?.querySelector<HTMLElement>(`[data-index="${to}"] [data-open]`)
          ?.focus({ preventScroll: true }),
      );
    },
    [list, rows],
  );
  const keys = useMemo(() => {
    const pick = (isRange: boolean) => {
      const run = reached === null ? null : list.at(reached);
      if (selection !== null && reached !== null && run) onPick(reached, run.id, isRange);
    };
    return {
      j: () => goTo(reached === null ? first : reached + 1),
      k: () => goTo(reached === null ? first : reached - 1),
      x: () => pick(false),
      X: () => pick(true),
    };
  }, [goTo, list, onPick, reached, selection, first]);
  useKeys(keys);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    keys[event.key === 'ArrowDown' ? 'j' : 'k']();
  };
  const tabStop = reached !== null && reached >= first && reached <= last ? reached : first;
  const row = (index: number) => {
    const run = list.at(index);
    if (!run) return <BlankRow isGone={run === null} asCell={!isNarrow} />;
    const Row = isNarrow ? RunCard : RunRow;
    return (
      <Row
        run={run}
        index={index}
        now={now}
        isPicked={selection !== null && isPicked(selection, run.id)}
        isReached={index === tabStop}
        onPick={selection === null ? null : onPick}
        onReach={setReached}
      />
    );
  };
  return (
    <div
      ref={scroller}
      role={isNarrow ? 'list' : 'table'}
      aria-label="Runs"
      // Rows can be tabbed to; before the first one is there nothing else could be scrolled by keys.
      tabIndex={hasRow ? -1 : 0}
      {...(!isNarrow && { 'aria-rowcount': total === null ? -1 : total + 1 })}
      className="h-[max(20rem,calc(100dvh-26.5rem))] sm:h-[max(20rem,calc(100dvh-19.8rem))] overflow-y-scroll overflow-x-hidden rounded border border-line bg-surface [contain:strict] [overflow-anchor:none]"
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => {
        runs.scrollTop = currentTarget.scrollTop;
        setIsAtTop(currentTarget.scrollTop < rowHeight / 2);
      }}
      onPointerMove={movedOver}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) setReached(null);
      }}
    >
      {!isNarrow && <RunTableHead picks={selection !== null} />}
      <div
        role={isNarrow ? 'presentation' : 'rowgroup'}
        className="relative w-full"
        style={{ height: rows.getTotalSize() }}
      >
        {shown.map(({ index, start }) => (
          <div
            key={index}
            role={isNarrow ? 'listitem' : 'row'}
            data-index={index}
            {...(isNarrow
              ? { 'aria-posinset': index + 1, 'aria-setsize': total ?? -1 }
              : { 'aria-rowindex': index + 2 })}
            className={`absolute left-0 top-0 w-full border-b border-line ${isNarrow ? '' : `runs-grid ${selection === null ? '' : 'picks'}`} ${index === reached ? 'shadow-[inset_4px_0_0_var(--accent)]' : ''}`}
            style={{ height, transform: `translateY(${start - head}px)` }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
