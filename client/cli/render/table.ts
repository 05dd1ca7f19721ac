import { cut, padEnd, plain, widthOf } from './text.ts';
import type { Theme } from './theme.ts';

export interface Column<T> {
  title: string;
  cell(item: T): string;
  paint?(text: string, item: T): string;
  /** The first to give way on a narrow terminal has the highest number; 0 never does. Default 0. */
  yields?: number;
  /** Never cut: an id that cannot be copied is of no use. */
  whole?: true;
}

const gap = 2;

/** Lines of a table that fits the terminal: columns that may yield go where need be, then cells are cut. */
export function tableLines<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  width: number,
  theme: Theme,
): string[] {
  const cells = new Map(columns.map((column) => [column, items.map((item) => plain(column.cell(item)))]));
  const naturalWidth = (column: Column<T>) =>
    Math.max(widthOf(column.title), ...(cells.get(column) ?? []).map(widthOf));
  const leastWidth = (column: Column<T>) => (column.whole ? naturalWidth(column) : Math.min(naturalWidth(column), 10));
  let shown = [...columns];
  const sum = (widths: number[]) => widths.reduce((total, one) => total + one, gap * Math.max(0, widths.length - 1));
  while (sum(shown.map(leastWidth)) > width) {
    const victim = shown.toSorted((a, b) => (b.yields ?? 0) - (a.yields ?? 0))[0];
    if (victim === undefined || (victim.yields ?? 0) === 0) break;
    shown = shown.filter((column) => column !== victim);
  }
  const widths = fit(shown, naturalWidth, Math.max(1, width - gap * (shown.length - 1)));
  const line = (texts: string[], paint: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const room = widths[index] ?? 0;
        const fitted = cut(text, room);
        return index === texts.length - 1 ? paint(fitted, index) : paint(padEnd(fitted, room), index);
      })
      .join(' '.repeat(gap));
  return [
    line(
      shown.map(({ title }) => title),
      (text) => theme.dim(text),
    ),
    ...items.map((item, row) =>
      line(
        shown.map((column) => cells.get(column)?.[row] ?? ''),
        (text, index) => shown[index]?.paint?.(text, item) ?? text,
      ),
    ),
  ];
}

/** The widest give until the sum fits. */
function fit<T>(columns: readonly Column<T>[], naturalWidth: (column: Column<T>) => number, room: number): number[] {
  const fitted = columns.map(naturalWidth);
  const cuttable = columns.flatMap((column, index) => (column.whole ? [] : [index]));
  let excess = fitted.reduce((total, width) => total + width, 0) - room;
  while (excess > 0) {
    const widest = cuttable.toSorted((a, b) => (fitted[b] ?? 0) - (fitted[a] ?? 0))[0];
    const width = widest === undefined ? 0 : (fitted[widest] ?? 0);
    if (widest === undefined || width <= 1) break;
    fitted[widest] = width - 1;
    excess--;
  }
  return fitted;
}
