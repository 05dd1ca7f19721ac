/** How an event is known again in whatever frame a dialect makes of it: its text says which it is and when it was said. */

/** Fit for text, addresses and ids. */
export const readyMark = 'bench-ready';

const opening = 'tick_';

/** `sentAt`: monotonic clock of the machine, milliseconds. */
export function mark(index: number, sentAt: number): string {
  return `${opening}${index}_${sentAt.toFixed(3)}_`;
}

/** Of the first mark in the frame; null where there is none. */
export function readMark(bytes: Buffer): { index: number; sentAt: number } | null {
  const at = bytes.indexOf(opening);
  if (at === -1) return null;
  const [index, sentAt] = bytes.toString('latin1', at + opening.length, at + opening.length + 40).split('_');
  return { index: Number(index), sentAt: Number(sentAt) };
}
