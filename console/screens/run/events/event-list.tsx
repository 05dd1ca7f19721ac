/**
 * Rows of events, however many: only those in sight exist. At its end it follows what comes; scrolling up ends that, and
 * coming back to the end begins it again, as in a terminal.
 */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import type { RunEvent } from '../../../../client/index.ts';
import { useNarrow } from '../../../parts/use-narrow.ts';
import { EventRow } from './event-row.tsx';
import { rowsInSight, topFor, type Sight } from './rows-in-sight.ts';

export interface ListedEvent {
  seq: number;
  event: RunEvent | undefined;
  isGone: boolean;
}

export interface EventListProps {
  count: number;
  at: (index: number) => ListedEvent;
  /** Row that is shown first, or since it was chosen; null: the newest. */
  target: number | null;
  selected: number | null;
  onSelect: (seq: number) => void;
  onShown: (first: number, last: number) => void;
  onFollows: (follows: boolean) => void;
  /** Changes when it shall go to the end. */
  toEnd: number;
}

const lineHeight = 28;
const twoLinesHeight = 46;

export function EventList(props: EventListProps) {
  const { count, at, target, selected, onSelect, onShown, onFollows, toEnd } = props;
  const rowHeight = useNarrow() ? twoLinesHeight : lineHeight;
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(target === null);
  const scrolledTo = useRef(0);
  /** Chosen here, where it is in sight already. */
  const chosenHere = useRef<number | null>(null);
  const [view, setView] = useState({ top: 0, height: 0 });
  const end = Math.max(0, count * rowHeight - view.height);
  const sight: Sight = { ...view, top: follows ? end : Math.min(view.top, end), rowHeight, count };
  const { first, last } = rowsInSight(sight);
  const goTo = (index: number) => {
    const top = topFor(index, sight);
    scroller.current?.scrollTo({ top });
    setView({ ...view, top });
  };
  useEffect(() => {
    if (count > 0) onShown(first, last);
  }, [onShown, first, last, count]);
  useEffect(() => onFollows(follows), [onFollows, follows]);

  const [hasRows, isMeasured] = [count > 0, view.height > 0];
  useEffect(() => {
    // Only when it is chosen: not as the log grows.
    if (target === null || !hasRows || !isMeasured || target === chosenHere.current) return;
    setFollows(false);
    goTo(target);
  }, [target, hasRows, isMeasured]);
  useEffect(() => {
    if (toEnd > 0) setFollows(true);
  }, [toEnd]);
  useLayoutEffect(() => {
    if (follows) scroller.current?.scrollTo({ top: end });
  }, [follows, end]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop: top, scrollHeight, clientHeight: height } = element;
    const isBack = top < scrolledTo.current - 1;
    const isAtEnd = scrollHeight - top - height < rowHeight;
    scrolledTo.current = top;
    // While it follows, it knows where it is.
    if (follows && !isBack) return;
    // At once: the next frame shows these rows.
    flushSync(() => {
      setView({ top, height });
      if (isAtEnd) setFollows(true);
      else if (isBack) setFollows(false);
    });
  };
  const choose = (index: number) => {
    chosenHere.current = index;
    onSelect(at(index).seq);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = indexByKey(event.key, { place: placeOf(at, selected, count), count });
    if (next === null) return;
    event.preventDefault();
    choose(next);
    goTo(next);
  };
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Events"
      data-follows={follows}
      className="h-[calc(100dvh-22rem)] min-h-72 overflow-y-scroll overflow-x-hidden rounded border border-line bg-surface font-mono text-[13px] [contain:strict] [overflow-anchor:none]"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div className="relative w-full" style={{ height: count * rowHeight }}>
        {Array.from({ length: last - first + 1 }, (_, place) => {
          const index = first + place;
          const { seq, event, isGone } = at(index);
          return (
            <div
              key={seq}
              className="absolute left-0 top-0 w-full"
              style={{ height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
              onClick={() => choose(index)}
            >
              <EventRow seq={seq} event={event} isGone={isGone} isSelected={seq === selected} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Where the row that is selected stands; null where none is. */
function placeOf(at: EventListProps['at'], selected: number | null, count: number): number | null {
  if (selected === null) return null;
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle).seq < selected) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indexByKey(key: string, { place, count }: { place: number | null; count: number }): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return Math.min(count - 1, (place ?? count - 2) + 1);
  if (key === 'ArrowUp') return Math.max(0, (place ?? count) - 1);
  return null;
}
