/** Which runs are picked: one by one, or all that fit the filter. Pure. */
export interface Selection {
  picked: ReadonlySet<string>;
  /** Every run that fits, also those that no one has seen. */
  all: boolean;
  /** Where the last one was picked: a range begins there. */
  anchor: number | null;
}

/** Picked one by one: the gateway takes as many in a filter. */
export const pickedMax = 500;

export const nothingPicked: Selection = { picked: new Set(), all: false, anchor: null };

interface Toggled {
  /** Row and the id in it. */
  index: number;
  id: string;
  /** The rows from the last one to this become as this one becomes. */
  isRange: boolean;
  /** The id in a row; undefined where it isn't at hand. */
  idAt: (index: number) => string | undefined;
}

export function toggled({ picked, all, anchor }: Selection, { index, id, isRange, idAt }: Toggled): Selection {
  // Of all that fit none can be left out: it begins anew.
  if (all) return { picked: new Set([id]), all: false, anchor: index };
  const next = new Set(picked);
  const takesIn = !picked.has(id);
  const from = isRange && anchor !== null ? anchor : index;
  for (let row = Math.min(from, index); row <= Math.max(from, index); row++) {
    const each = idAt(row);
    if (each === undefined) continue;
    if (takesIn) next.add(each);
    else next.delete(each);
  }
  return { picked: next, all: false, anchor: index };
}

export function isPicked({ picked, all }: Selection, id: string): boolean {
  return all || picked.has(id);
}

export function isEmpty({ picked, all }: Selection): boolean {
  return !all && picked.size === 0;
}

/** Why nothing can be done with these; null where it can. */
export function whyNot({ picked, all }: Selection): string | null {
  if (all || picked.size <= pickedMax) return null;
  return `At most ${pickedMax} can be picked one by one: take all of a filter.`;
}
