/**
 * Which transport is used. Pure: `(ladder, what happened) → ladder`.
 *
 *   websocket ──strikes──> sse ──strikes──> polling
 *       ▲                   ▲                  │
 *       └──── the probe opens ─────────────────┤
 *                           └── or one trial ──┘
 *
 * A strike is a failure to open while plain requests get through: a gateway that is simply away takes nobody down.
 */
import { climbIntervalMs, openStrikes } from '../protocol/limits.ts';

export type Transport = 'websocket' | 'sse' | 'polling';

export interface Ladder {
  readonly rungs: readonly Transport[];
  readonly rung: number;
  readonly strikes: number;
  /** Climbs that failed since the ladder was last on top. */
  readonly climbs: number;
}

/** `auto` without a WebSocket begins at `sse`; a transport that is named is the only rung. */
export function transportLadder(wanted: 'auto' | Transport, hasWebSocket: boolean): Ladder {
  const all: Transport[] = hasWebSocket ? ['websocket', 'sse', 'polling'] : ['sse', 'polling'];
  return { rungs: wanted === 'auto' ? all : [wanted], rung: 0, strikes: 0, climbs: 0 };
}

export function currentTransport(ladder: Ladder): Transport {
  const transport = ladder.rungs[ladder.rung];
  if (transport === undefined) throw new RangeError(`no rung ${ladder.rung}`);
  return transport;
}

export function openedOn(ladder: Ladder): Ladder {
  return ladder.strikes === 0 ? ladder : { ...ladder, strikes: 0 };
}

/** `timedOut`: something swallows the connection; waiting for it a second time would only cost the watcher. */
export function failedToOpen(ladder: Ladder, how: { reachable: boolean; timedOut: boolean }): Ladder {
  if (!how.reachable) return { ...ladder, strikes: 0 };
  const strikes = ladder.strikes + (how.timedOut ? openStrikes : 1);
  const canFall = ladder.rung < ladder.rungs.length - 1;
  if (strikes < openStrikes || !canFall) return { ...ladder, strikes };
  return { ...ladder, rung: ladder.rung + 1, strikes: 0 };
}

/** Until the higher transport is tried again; null on top. */
export function climbDelayMs(ladder: Ladder): number | null {
  if (ladder.rung === 0) return null;
  return climbIntervalMs * Math.min(10, 2 ** ladder.climbs);
}

/** The probe of the top rung opened, or it did not: then a rung above in the middle gets one trial. */
export function climbed(ladder: Ladder, probeOpened: boolean): Ladder {
  if (probeOpened) return { ...ladder, rung: 0, strikes: 0, climbs: 0 };
  const climbs = ladder.climbs + 1;
  if (ladder.rung <= 1) return { ...ladder, climbs };
  return { ...ladder, rung: ladder.rung - 1, strikes: openStrikes - 1, climbs };
}
