/** What agents have logged, as far as it is shown: the newest lines, what came since, and older ones as they are asked for. Pure. */
import type { LogLine, LogLines } from '../../client/index.ts';

export const linesPerPage = 200;
/** Of a log that is followed for long the oldest leave the page. */
const linesKept = 1_000;

export interface ShownLines extends Pick<LogLines, 'next' | 'previous' | 'available' | 'reason'> {
  /** The oldest first. */
  lines: readonly LogLine[];
  /** At most so many: as many more as older ones were asked for. */
  most: number;
}

/** The first page. */
export function shownLines({ items, ...page }: LogLines): ShownLines {
  return { ...page, lines: items, most: linesKept };
}

export function withNewer(shown: ShownLines, { items, next, available, reason }: LogLines): ShownLines {
  const all = [...shown.lines, ...items];
  const lines = all.slice(-shown.most);
  const previous = lines.length < all.length ? (lines[0]?.id ?? null) : shown.previous;
  const { reason: _, ...rest } = shown;
  return { ...rest, lines, next, previous, available, ...(reason !== undefined && { reason }) };
}

/** What is not before what is shown is there already. */
export function withOlder(shown: ShownLines, { items, previous }: LogLines): ShownLines {
  const first = shown.lines[0]?.id ?? Number.POSITIVE_INFINITY;
  const lines = [...items.filter(({ id }) => id < first), ...shown.lines];
  return { ...shown, lines, previous, most: Math.max(shown.most, lines.length + linesPerPage) };
}
