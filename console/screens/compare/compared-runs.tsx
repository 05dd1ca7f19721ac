import { useMemo } from 'react';
import type { RunView, TimelineStep } from '../../../client/index.ts';
import { runStore, useRun } from '../../live/use-run.ts';
import { useTimeline } from '../../live/use-timeline.ts';
import { Fault } from '../../parts/fault.tsx';
import { alignSteps, type SharedPast } from './align-steps.ts';
import { RunCard } from './run-card.tsx';
import { StepPairs } from './step-pairs.tsx';
import { ValueDiff } from './value-diff.tsx';

export function ComparedRuns({ left, right }: { left: string; right: string }) {
  const [one, other] = [useSide(left), useSide(right)];
  const { state: leftState } = one;
  const { state: rightState } = other;
  const past = pastOf(leftState, rightState);
  const pairs = useMemo(
    () => alignSteps(one.steps, other.steps, past),
    [one.steps, other.steps, past?.original, past?.seq],
  );
  const values = (pick: (state: RunView) => unknown) =>
    leftState &&
    rightState && { left: { run: left, value: pick(leftState) }, right: { run: right, value: pick(rightState) } };
  const parts = [
    { title: 'Input', values: values(({ input }) => input) },
    { title: 'Result', values: values(({ result }) => result) },
    { title: 'Context', values: values(({ context }) => context) },
    { title: 'Error', values: values(({ error }) => error) },
  ];
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <RunCard side="Left" run={left} state={leftState} other={rightState} steps={one.steps} error={one.error} />
        <RunCard
          side="Right"
          run={right}
          state={rightState}
          other={leftState}
          steps={other.steps}
          error={other.error}
        />
      </div>
      {[one.stepsError, other.stepsError].map((error, index) => error && <Fault key={index} error={error} />)}
      <StepPairs left={left} right={right} pairs={pairs} />
      {parts.map((part) => part.values && <ValueDiff key={part.title} title={part.title} {...part.values} />)}
    </div>
  );
}

interface RunSide {
  state: RunView | null;
  steps: readonly TimelineStep[];
  error: Error | null;
  stepsError: Error | null;
}

function useSide(run: string): RunSide {
  const store = runStore(run);
  const { state, error } = useRun(store);
  const { steps, error: stepsError } = useTimeline(store);
  return { state, steps, error, stepsError: error === null ? stepsError : null };
}

function pastOf(left: RunView | null, right: RunView | null): SharedPast | null {
  if (left === null || right === null) return null;
  if (right.from?.run === left.id) return { original: 'left', seq: right.from.seq };
  if (left.from?.run === right.id) return { original: 'right', seq: left.from.seq };
  return null;
}
