/** The log, however long: only the rows in sight exist, and what is not at hand is fetched when it comes into sight. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useRun, useRunStore } from '../../live/use-run.ts';
import { EventRow } from './event-row.tsx';

const rowHeight = 28;

export function EventLog() {
  const store = useRunStore();
  const { state, version } = useRun(store);
  const lastSeq = state?.lastSeq ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  /** Whether the newest row stays in sight as the log grows. */
  const [follows, setFollows] = useState(true);
  const rows = useVirtualizer({
    count: lastSeq,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const shown = rows.getVirtualItems();
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  useEffect(() => {
    if (lastSeq > 0) store.want(first + 1, last + 1);
  }, [store, first, last, lastSeq]);
  useEffect(() => {
    if (follows && lastSeq > 0) rows.scrollToIndex(lastSeq - 1, { align: 'end' });
  }, [rows, follows, lastSeq]);
  return (
    <section aria-label="Event log">
      <div className="mb-2 flex items-center gap-3 text-sm">
        <span className="tabular-nums text-muted">{lastSeq} events</span>
        <label className="ml-auto flex items-center gap-1.5">
          <input type="checkbox" checked={follows} onChange={({ target }) => setFollows(target.checked)} />
          Follow the newest
        </label>
      </div>
      <div
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Events"
        data-version={version}
        className="h-[28rem] overflow-auto rounded border border-line bg-surface font-mono text-sm"
        onWheel={({ deltaY }) => deltaY < 0 && setFollows(false)}
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, start }) => (
            <div
              key={index}
              className="absolute left-0 top-0 w-full"
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            >
              <EventRow seq={index + 1} event={store.pages.get(index + 1)} isGone={store.pages.isGone(index + 1)} />
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}
