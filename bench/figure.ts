/** What the bench finds: numbers, some with a bound. */
export interface Figure {
  /** Of the item that measured it. */
  item: string;
  what: string;
  value: number;
  unit: 'ms' | 's' | 'ratio' | '1/s' | 'KiB' | 'count';
  /** What the project promises; the bench fails where it is not kept. */
  bound?: { atMost: number } | { atLeast: number };
  /** How it was measured, where its name does not say it. */
  note?: string;
}

export function isKept({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}
