/** What the run did when: steps, attempts, waits and questions. */
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useNow } from '../../../live/use-now.ts';
import { useRun, useRunStore } from '../../../live/use-run.ts';
import { useTimeline } from '../../../live/use-timeline.ts';
import { Button } from '../../../parts/button.tsx';
import { Fault } from '../../../parts/fault.tsx';
import { useAddressSearch } from '../../../parts/use-address-search.ts';
import { GanttLegend } from './gantt-bar.tsx';
import { placeOfStep } from './gantt-row.ts';
import { Gantt } from './gantt.tsx';
import { StepDetails } from './step-details.tsx';
import { readRange, wholeRange, writeRange, zoomed, type TimeRange } from './time-range.ts';

export function TimelineTab() {
  const store = useRunStore();
  const { state } = useRun(store);
  const { timeline, steps, error } = useTimeline(store);
  const [search, change] = useAddressSearch();
  const nowMs = useNow(state !== null && state.endedAt === null);
  const [active, setActive] = useState(-1);
  const [hovered, setHovered] = useState(-1);
  const whole = wholeRange(steps, nowMs);
  const range = readRange(search['zoom'], whole) ?? whole;
  const selected = placeOfStep(steps, search['selectedStep'], search['stepSeq']);
  const setRange = useCallback(
    (next: TimeRange) => change({ zoom: writeRange(next, whole) }),
    [change, whole.fromMs, whole.toMs],
  );
  const select = (index: number) => {
    const step = index === selected ? undefined : steps[index];
    const isNewest = step !== undefined && placeOfStep(steps, step.step, undefined) === index;
    change({ selectedStep: step?.step ?? null, stepSeq: step === undefined || isNewest ? null : String(step.seq) });
  };
  const shown = [hovered, active, selected].map((index) => steps[index]).find((step) => step !== undefined);
  if (timeline === null) return error ? <Fault error={error} /> : <p className="text-muted">The timeline comes…</p>;
  return (
    <section aria-label="Timeline">
      {error && <Fault error={error} />}
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="text-sm text-muted tabular-nums">
          {steps.length < timeline.stepsTotal && `${steps.length.toLocaleString()} of `}
          {timeline.stepsTotal === 1 ? '1 step' : `${timeline.stepsTotal.toLocaleString()} steps`}
        </span>
        <GanttLegend />
        <span className="ml-auto flex gap-1">
          <Button aria-label="Show less time" onPress={() => setRange(zoomed(range, whole, 0.6))}>
            <ZoomIn size={16} aria-hidden="true" />
          </Button>
          <Button aria-label="Show more time" onPress={() => setRange(zoomed(range, whole, 1 / 0.6))}>
            <ZoomOut size={16} aria-hidden="true" />
          </Button>
          <Button aria-label="Show the whole run" onPress={() => setRange(whole)}>
            <Maximize2 size={16} aria-hidden="true" />
          </Button>
        </span>
      </div>
      {steps.length === 0 ? (
        <p className="text-muted">No agent has begun yet.</p>
      ) : (
        <>
          <Gantt
            steps={steps}
            whole={whole}
            range={range}
            nowMs={nowMs}
            active={active}
            selected={selected}
            onActive={setActive}
            onHover={setHovered}
            onSelect={select}
            onRange={setRange}
          />
          <div className="mt-3 min-h-56 rounded border border-line bg-surface p-3">
            {shown === undefined ? (
              <p className="text-muted">
                Point at a step, or go through them with the arrow keys, to see more of it. Click it, or press Enter, to
                select it. Ctrl and the wheel, or + and −, show less or more time.
              </p>
            ) : (
              <StepDetails key={shown.seq} run={store.run} step={shown} isSelected={shown === steps[selected]} />
            )}
          </div>
        </>
      )}
    </section>
  );
}
