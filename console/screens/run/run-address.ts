/**
 * What the address of a run's page says beside run and tab. All of it stays as one moves about within the page (an act that
 * is being prepared, the step that is selected, filters), but what a way leads elsewhere by. Pure.
 */
export type RunSearch = Readonly<Partial<Record<string, string>>>;
/** `null` takes a key away. */
export type SearchChanges = Readonly<Record<string, string | null>>;

export function changedSearch(before: RunSearch, changes: SearchChanges): Record<string, string> {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** To the newest step of the name, in the timeline: wherever it lies there. */
export function toStep(step: string): SearchChanges {
  return { selectedStep: step, stepSeq: null, zoom: null };
}

/** To an event, or to those of a step: no other filter may hide them. */
export function toEvents({ seq = null, step = null }: { seq?: number | null; step?: string | null }): SearchChanges {
  return { type: null, agent: null, q: null, step, seq: seq === null ? null : String(seq) };
}
