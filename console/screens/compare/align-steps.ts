/** Steps of two runs, side by side by their names. Pure. */
import type { TimelineStep } from '../../../client/index.ts';
import { isSame } from '../../parts/sorted-json.ts';
import { isStored } from '../../parts/viewers/views.ts';

export type Side = 'left' | 'right';

export interface StepPair {
  step: string;
  left: TimelineStep | null;
  right: TimelineStep | null;
  /** `past`: before the fork, so it is the same. */
  how: 'same' | 'differs' | 'left' | 'right' | 'past';
  /** What is different, in words. */
  differences: readonly string[];
}

/** Of two runs of which one was forked from the other: the original's side, and its last event that both have. */
export interface SharedPast {
  original: Side;
  seq: number;
}

/**
 * The n-th step of a name beside the n-th of that name (a run that was reset has several). In the order of the left run;
 * what only the right one has stands after what came before it there.
 */
export function alignSteps(
  left: readonly TimelineStep[],
  right: readonly TimelineStep[],
  past: SharedPast | null,
): StepPair[] {
  const isPast = (side: Side, step: TimelineStep) => past?.original === side && step.seq <= past.seq;
  const [ownLeft, ownRight] = [
    left.filter((each) => !isPast('left', each)),
    right.filter((each) => !isPast('right', each)),
  ];
  const shared = [...left.filter((each) => isPast('left', each)), ...right.filter((each) => isPast('right', each))];
  const places = new Map(keyed(ownRight).map(([key], index) => [key, index]));
  const pairs: StepPair[] = shared.map((step) => ({
    step: step.step,
    left: past?.original === 'left' ? step : null,
    right: past?.original === 'right' ? step : null,
    how: 'past',
    differences: [],
  }));
  let told = 0;
  const tellRightUpTo = (end: number) => {
    for (; told < end; told++) {
      const only = ownRight[told];
      if (only !== undefined && !isMatched(told)) pairs.push(onlyOn('right', only));
    }
  };
  const leftKeys = new Set(keyed(ownLeft).map(([key]) => key));
  const rightKeys = keyed(ownRight).map(([key]) => key);
  const isMatched = (index: number) => leftKeys.has(rightKeys[index] ?? '');
  for (const [key, step] of keyed(ownLeft)) {
    const place = places.get(key);
    const other = place === undefined ? undefined : ownRight[place];
    if (place === undefined || other === undefined) {
      pairs.push(onlyOn('left', step));
      continue;
    }
    tellRightUpTo(place);
    const differences = differencesOf(step, other);
    const how = differences.length === 0 ? 'same' : 'differs';
    pairs.push({ step: step.step, left: step, right: other, how, differences });
  }
  tellRightUpTo(ownRight.length);
  return pairs;
}

function keyed(steps: readonly TimelineStep[]): [key: string, step: TimelineStep][] {
  const counts = new Map<string, number>();
  return steps.map((step) => {
    const count = (counts.get(step.step) ?? 0) + 1;
    counts.set(step.step, count);
    return [`${step.step} ${count}`, step];
  });
}

function onlyOn(side: Side, step: TimelineStep): StepPair {
  return { step: step.step, left: null, right: null, [side]: step, how: side, differences: [] };
}

function differencesOf(left: TimelineStep, right: TimelineStep): string[] {
  const errorOf = ({ error }: TimelineStep) => error && { code: error.code, message: error.message };
  return [
    ...(left.status === right.status ? [] : ['status']),
    ...(left.instructions === right.instructions ? [] : ['instructions']),
    ...(isSame(shownOf(left.result), shownOf(right.result)) ? [] : ['result']),
    ...(isSame(shownOf(left.update), shownOf(right.update)) ? [] : ['what it has put into the context']),
    ...(isSame(errorOf(left), errorOf(right)) ? [] : ['error']),
  ];
}

/** References to blobs have another name in each run. */
function shownOf(value: unknown): unknown {
  return isStored(value) ? { preview: value.preview, bytes: value.blob.bytes } : value;
}
