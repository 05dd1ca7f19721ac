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

export function readReset(value: unknown): ResetSignal | null {
  const signal = value as Partial<ResetSignal> | null;
  const isReset =
    typeof signal === 'object' &&
    signal !== null &&
    signal.cause?.type === 'run.reset' &&
    typeof signal.state === 'object';
  return isReset ? (signal as ResetSignal) : null;
}
