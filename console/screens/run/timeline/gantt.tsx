/** Steps over time. However many: only the rows in sight exist. Arrow keys go through them, Enter selects. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { TimelineStep } from '../../../../client/index.ts';
import { durationText } from '../../../parts/duration.ts';
import { StepStatus } from '../step-status.tsx';
import { useNarrow } from '../../../parts/use-narrow.ts';
import { GanttBar } from './gantt-bar.tsx';
import './gantt.css';
import { depthsOf, ganttRow } from './gantt-row.ts';
import { panned, ticks, zoomed, type TimeRange } from './time-range.ts';

export interface GanttProps {
  steps: readonly TimelineStep[];
  whole: TimeRange;
  range: TimeRange;
  nowMs: number;
  /** Indexes; -1: none. */
  active: number;
  selected: number;
  onActive: (index: number) => void;
  onHover: (index: number) => void;
  onSelect: (index: number) => void;
  onRange: (range: TimeRange) => void;
}

const rowHeight = 32;
const zoomStep = 0.6;

export function Gantt(props: GanttProps) {
  const { steps, whole, range, nowMs, active, selected, onActive, onHover, onSelect, onRange } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(selected === -1);
  const isNarrow = useNarrow();
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const depths = useMemo(() => depthsOf(steps), [steps]);
  useWheel(scroller, props);
  useLayoutEffect(() => {
    if (isAtEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [steps.length]);
  const hasSteps = steps.length > 0;
  useEffect(() => {
    if (selected !== -1 && hasSteps) rows.scrollToIndex(selected, { align: 'auto' });
  }, [rows, selected, hasSteps]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const from = active === -1 ? selected : active;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(steps.length - 1, from + 1),
      ArrowUp: Math.max(0, from === -1 ? steps.length - 1 : from - 1),
      Home: 0,
      End: steps.length - 1,
    };
    const ranges: Readonly<Record<string, () => TimeRange>> = {
      ArrowLeft: () => panned(range, whole, -0.25),
      ArrowRight: () => panned(range, whole, 0.25),
      '+': () => zoomed(range, whole, zoomStep),
      '-': () => zoomed(range, whole, 1 / zoomStep),
      '0': () => whole,
    };
    const to = moves[key];
    if (to !== undefined) {
      onActive(to);
      rows.scrollToIndex(to, { align: 'auto' });
    } else if (key === 'Enter' || key === ' ') {
      if (from !== -1) onSelect(from);
    } else if (Object.hasOwn(ranges, key)) onRange((ranges[key] as () => TimeRange)());
    else return;
    event.preventDefault();
  };
  const labels = isNarrow ? '6.5rem' : '13rem';
  return (
    <div className="rounded border border-line bg-surface text-sm">
      <Axis range={range} originMs={whole.fromMs} labels={labels} count={isNarrow ? 3 : 8} />
      <div
        ref={scroller}
        role="listbox"
        aria-label="Steps over time"
        tabIndex={0}
        aria-activedescendant={active === -1 ? undefined : `${id}-${active}`}
        className="max-h-[max(16rem,calc(100dvh-32rem))] overflow-y-auto overflow-x-hidden"
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          (isAtEnd.current = scrollHeight - scrollTop - clientHeight < rowHeight)
        }
        onMouseLeave={() => onHover(-1)}
        onBlur={() => onActive(-1)}
      >
        <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const step = steps[index] as TimelineStep;
            return (
              <div
                key={step.seq}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === selected}
                aria-setsize={steps.length}
                aria-posinset={index + 1}
                aria-label={labelOf(step, nowMs)}
                className={`absolute left-0 top-0 flex w-full cursor-pointer ${
                  index === selected
                    ? 'bg-raised outline-2 -outline-offset-2 outline-accent'
                    : index === active
                      ? 'bg-raised'
                      : 'hover:bg-raised'
                }`}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                onMouseEnter={() => onHover(index)}
                onClick={() => onSelect(index)}
              >
                <span
                  className="flex shrink-0 items-center gap-2 overflow-hidden whitespace-nowrap border-r border-line px-2"
                  style={{ width: labels, paddingLeft: `${0.5 + (depths[index] ?? 0) * 0.75}rem` }}
                >
                  <span className="min-w-0 truncate font-mono">{step.step}</span>
                  <span className="ml-auto hidden text-xs sm:inline">
                    {step.status !== 'completed' && <StepStatus status={step.status} />}
                  </span>
                </span>
                <span className="relative grow overflow-hidden">
                  <GanttBar row={ganttRow(step, range, nowMs)} status={step.status} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function labelOf({ step, status, durationMs, startedAt, attempts }: TimelineStep, nowMs: number): string {
  const took = durationText(Math.max(0, durationMs ?? nowMs - Date.parse(startedAt)));
  return `${step}, ${status}, ${took}${attempts.length > 1 ? `, ${attempts.length} attempts` : ''}`;
}

function Axis({
  range,
  originMs,
  labels,
  count,
}: {
  range: TimeRange;
  originMs: number;
  labels: string;
  count: number;
}) {
  const wholeMs = range.toMs - range.fromMs;
  return (
    <div className="flex h-7 border-b border-line text-xs text-muted" aria-hidden="true">
      <span className="shrink-0 truncate border-r border-line px-2 py-1.5" style={{ width: labels }}>
        since the first step
      </span>
      <span className="relative grow overflow-hidden">
        {ticks(range, originMs, count).map(({ atMs, label }) => (
          <span
            key={atMs}
            className="absolute inset-y-0 border-l border-line pl-1 pt-1.5 tabular-nums"
            style={{ left: `${((atMs - range.fromMs) / wholeMs) * 100}%` }}
          >
            {label}
          </span>
        ))}
      </span>
    </div>
  );
}

/** With Ctrl the wheel zooms where the pointer is; sideways it moves along. The page itself must not zoom then. */
function useWheel(
  scroller: React.RefObject<HTMLDivElement | null>,
  { whole, range, onRange, steps }: GanttProps,
): void {
  const hasSteps = steps.length > 0;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (!(event.ctrlKey || event.metaKey) && Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY) + 1)
        return;
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      const at = Math.min(1, Math.max(0, (event.clientX - left) / width));
      onRange(
        event.ctrlKey || event.metaKey
          ? zoomed(range, whole, event.deltaY < 0 ? zoomStep : 1 / zoomStep, at)
          : panned(range, whole, sideways / width),
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scroller, whole, range, onRange, hasSteps]);
}
