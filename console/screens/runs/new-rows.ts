/** What has come among the rows that are shown. Pure. */
interface Named {
  id: string;
}

/**
 * Of the first page of now, those that the list does not have and that stand before something it has: what comes after
 * may only have moved up because others have gone, unless the list was whole.
 */
export function newRows<T extends Named>(
  head: readonly T[],
  { has, isWhole }: { has: (id: string) => boolean; isWhole: boolean },
): T[] {
  const last = head.findLastIndex(({ id }) => has(id));
  return (last < 0 || isWhole ? head : head.slice(0, last)).filter(({ id }) => !has(id));
}

/** Ids in lists that each fit an address. */
export function inPortions(
  ids: readonly string[],
  { characters, count }: { characters: number; count: number },
): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const length = encodeURIComponent(id).length + 3;
    const last = portions.at(-1);
    if (last === undefined || length > room || last.length === count) {
      portions.push([id]);
      room = characters - length;
    } else {
      last.push(id);
      room -= length;
    }
  }
  return portions;
}
