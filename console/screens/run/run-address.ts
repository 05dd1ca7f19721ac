/**
 * Ways within a run's page. What its address says stays as one moves about in it (an act that is being prepared, the step
 * that is selected, filters), but what a way leads elsewhere by. Pure.
 */
import type { SearchChanges } from '../../parts/address-search.ts';

/** To the newest step of the name, in the timeline: wherever it lies there. */
export function toStep(step: string): SearchChanges {
  return { selectedStep: step, stepSeq: null, zoom: null };
}

/** To an event, or to those of a step: no other filter may hide them. */
export function toEvents({ seq = null, step = null }: { seq?: number | null; step?: string | null }): SearchChanges {
  return { type: null, agent: null, q: null, step, seq: seq === null ? null : String(seq) };
}
