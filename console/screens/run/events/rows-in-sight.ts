/**
 * Rows of one height, of which only those in sight exist. What is kept does not grow with their number, as the sizes of
 * every row would that a general virtualiser keeps. Pure.
 */
export interface Sight {
  /** Pixels above what is in sight. */
  top: number;
  /** Of what is in sight, in pixels. */
  height: number;
  rowHeight: number;
  count: number;
}

/** Beyond the edges, so that a row is there before it is scrolled to. */
const besides = 10;

/** Indexes, both included; `last` is -1 where there are no rows. */
export function rowsInSight({ top, height, rowHeight, count }: Sight): { first: number; last: number } {
  const last = Math.min(count - 1, Math.ceil((top + height) / rowHeight) + besides);
  return { first: Math.max(0, Math.min(last, Math.floor(top / rowHeight) - besides)), last };
}

/** Where to scroll to so that the row is in sight: nowhere where it is, to the nearest edge, or to the middle from afar. */
export function topFor(index: number, { top, height, rowHeight, count }: Sight): number {
  const start = index * rowHeight;
  const most = Math.max(0, count * rowHeight - height);
  if (start >= top && start + rowHeight <= top + height) return top;
  const isNear = start > top - height && start < top + 2 * height;
  const wanted = isNear ? (start < top ? start : start + rowHeight - height) : start - (height - rowHeight) / 2;
  return Math.min(most, Math.max(0, wanted));
}
