/** The steps of a run, put together from pages of its timeline. Pure. */
import type { Timeline, TimelineStep } from '../../client/index.ts';

/** Of the first step that may still change; everything before it stays as it is. The next step's, where none is open. */
export function unsettledAfter(steps: readonly TimelineStep[]): number {
  const open = steps.find(({ endedAt }) => endedAt === null);
  return (open?.seq ?? (steps.at(-1)?.seq ?? 0) + 1) - 1;
}

/** What is held, with everything after `after` as the page has it. */
export function withPage(
  held: readonly TimelineStep[],
  after: number,
  { steps }: Pick<Timeline, 'steps'>,
): readonly TimelineStep[] {
  if (steps.length === 0 && held.every(({ seq }) => seq <= after)) return held;
  return [...held.filter(({ seq }) => seq <= after), ...steps];
}
