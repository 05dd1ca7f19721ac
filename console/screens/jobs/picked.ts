/**
 * Runs that were picked one by one, on their way to the page of a new job: in the address as long as they fit there, for
 * the gateway takes no longer one; else kept in this tab, under a key that the address has.
 */
import { keepDraft, keptDraft } from '../../parts/kept-draft.ts';

const addressCharacters = 4_000;

/** What the address of the page says. */
export function pickedSearch(ids: readonly string[]): Record<string, string> {
  const list = ids.join(',');
  if (encodeURIComponent(list).length <= addressCharacters) return { ids: list };
  const picked = crypto.randomUUID();
  keepDraft(`picked.${picked}`, list);
  return { picked };
}

/** The address with the ids in it; null where they are not in this tab. */
export function withPicked(search: Readonly<Record<string, string>>): Record<string, string> | null {
  const { picked, ...rest } = search;
  if (picked === undefined) return rest;
  const kept = keptDraft(`picked.${picked}`);
  return typeof kept === 'string' ? { ...rest, ids: kept } : null;
}
