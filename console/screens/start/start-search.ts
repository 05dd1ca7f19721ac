/** What the address of a start form says: the input itself (`input`, as JSON), or the run whose input it is (`like`). Pure. */
import { textFault } from '../../parts/schema-form/form-draft.ts';

/** Longer addresses are cut on their way by some programs. */
const addressCharacters = 2_000;

export type StartSearch = { input: string } | { like: string };

/** For a link to a form with this input filled in; a large one is looked up from its run. */
export function startSearch(input: unknown, run: string): StartSearch {
  const json = JSON.stringify(input) ?? 'null';
  return encodeURIComponent(json).length <= addressCharacters ? { input: json } : { like: run };
}

/** `fault`: what the address gives as input is no JSON. */
export function inputOf(search: Readonly<Record<string, string>>): { input?: unknown; fault?: string } {
  const { input } = search;
  if (input === undefined) return {};
  const fault = textFault({ value: null, text: input });
  return fault === null ? { input: JSON.parse(input) as unknown } : { fault: fault.message };
}
