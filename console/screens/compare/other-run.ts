/** Which run to compare with, where nobody has said so: the one that it was forked from, else its newest fork. Pure. */
import type { Timeline } from '../../../client/index.ts';

/** The original stands on the left. null: there is neither. */
export function pairOf({ run, from, forks }: Pick<Timeline, 'run' | 'from' | 'forks'>): Pair | null {
  if (from !== null) return { left: from.run, right: run };
  const [newest] = forks;
  return newest === undefined ? null : { left: run, right: newest.run };
}

export interface Pair {
  left: string;
  right: string;
}
