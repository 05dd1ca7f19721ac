/** Where the bench's speakers wait for their cue: they and the part that gives it are in one process. */
import type { Talk } from './talk.ts';

export type Cue = Pick<Talk, 'count' | 'gapMs'>;

interface Gate {
  ready: PromiseWithResolvers<void>;
  cue: PromiseWithResolvers<Cue>;
}

const gates = new Map<string, Gate>();

function gateOf(run: string): Gate {
  const known = gates.get(run);
  if (known) return known;
  const gate = { ready: Promise.withResolvers<void>(), cue: Promise.withResolvers<Cue>() };
  gates.set(run, gate);
  return gate;
}

/** A speaker stands at the gate; resolves with its cue. */
export function cueOf(run: string): Promise<Cue> {
  const { ready, cue } = gateOf(run);
  ready.resolve();
  return cue.promise;
}

/** Resolves when the run's speaker stands at the gate. */
export function speakerOf(run: string): Promise<void> {
  return gateOf(run).ready.promise;
}

export function giveCue(run: string, cue: Cue): void {
  gateOf(run).cue.resolve(cue);
}
