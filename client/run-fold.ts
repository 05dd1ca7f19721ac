/** The fold of the protocol, for whoever keeps a run's state from its events. */
import * as protocol from '../protocol/fold.ts';
import { endTypes } from './transports/polling-source.ts';
import type { RunEvent, RunState } from './types.ts';

export const emptyState: (id: string) => RunState = protocol.emptyState;
export const copyState: (state: RunState) => RunState = protocol.copyState;

/** Changes the state that it is given, and returns it. Events at or below `state.lastSeq` are folded in already. */
export function fold(state: RunState, event: RunEvent): RunState {
  return event.seq <= state.lastSeq ? state : protocol.fold(state, event);
}

/** `completed`, `failed`, `cancelled`, `terminated`, `timed_out`. */
export const endedStatuses: ReadonlySet<string> = new Set([...endTypes].map((type) => type.slice('run.'.length)));
