/**
 * What may stop a run from outside while it works. The first cancel stays; a cancel outweighs a reset.
 *
 *   none ──reset──▶ reset ──cancel──▶ cancel
 *     ├──time limit──▶ limit ──cancel──▶ cancel
 *     └──cancel──────────────────────▶ cancel
 */
import type { CancelSignal, ResetSignal } from '../../protocol/execution.ts';

export type Interruption =
  | { kind: 'cancel'; cancel: CancelSignal }
  | { kind: 'reset'; reset: ResetSignal }
  | { kind: 'limit'; code: 'wall_time_limit' };

export function interrupt(current: Interruption | null, next: Interruption): Interruption {
  if (current === null || (next.kind === 'cancel' && current.kind !== 'cancel')) return next;
  return current;
}

/** How long agents may clean up. */
export function graceOf(interruption: Interruption, graceMs: number): number {
  if (interruption.kind === 'reset') return 0;
  return interruption.kind === 'cancel' && interruption.cancel.mode === 'now' ? 0 : graceMs;
}

export function readCancel(value: unknown): CancelSignal {
  const signal = (typeof value === 'object' && value !== null ? value : {}) as Partial<CancelSignal>;
  return {
    reason: typeof signal.reason === 'string' ? signal.reason : null,
    by: typeof signal.by === 'string' ? signal.by : 'unknown',
    mode: signal.mode === 'now' ? 'now' : 'graceful',
  };
}

/** null for what is no reset: a malformed one must not wedge the run. */
export function readReset(value: unknown): ResetSignal | null {
  if (!isObject(value) || !isObject(value['cause']) || !isObject(value['state'])) return null;
  const { type, at, data } = value['cause'];
  const isReset = type === 'run.reset' && typeof at === 'string' && isObject(data);
  return isReset ? (value as unknown as ResetSignal) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
