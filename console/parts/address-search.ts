/** What the address of a page says beside its path. Pure. */
export type AddressSearch = Readonly<Partial<Record<string, string>>>;
/** `null` takes a key away. */
export type SearchChanges = Readonly<Record<string, string | null>>;

export function changedSearch(before: AddressSearch, changes: SearchChanges): Record<string, string> {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}
