/**
 * What may stop a run from outside while it works. The first cancel stays; a cancel outweighs a reset.
 *
 *   none ──reset──▶ reset ──cancel──▶ cancel
 *     ├──time limit──▶ limit ──cancel──▶ cancel
 *     └──cancel──────────────────────▶ cancel
 */
import type { Actor, CancelSignal, ResetSignal } from '../../protocol/execution.ts';
import { isTooDeep } from '../../protocol/is-too-deep.ts';
import { principalCharacters, reasonCharacters } from '../../protocol/limits.ts';

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
    reason: typeof signal.reason === 'string' ? signal.reason.slice(0, reasonCharacters) : null,
    ...readActor(signal),
    mode: signal.mode === 'now' ? 'now' : 'graceful',
  };
}

/** Who sent a signal, as it says itself. */
export function readActor(value: unknown): Actor {
  const { by, via, from } = isObject(value) ? value : {};
  const name = (said: unknown) => (typeof said === 'string' ? said.slice(0, principalCharacters) : undefined);
  return {
    by: name(by) ?? 'unknown',
    ...(typeof via === 'string' ? { via: via.slice(0, principalCharacters) } : {}),
    ...(typeof from === 'string' ? { from: from.slice(0, principalCharacters) } : {}),
  };
}

/** null for what is no reset: a malformed one must not wedge the run. */
export function readReset(value: unknown): ResetSignal | null {
  if (!isObject(value) || !isObject(value['cause']) || !isObject(value['state'])) return null;
  const { type, at, data } = value['cause'];
  const isReset = type === 'run.reset' && typeof at === 'string' && isObject(data) && isState(value['state']);
  return isReset && !isTooDeep(value) ? (value as unknown as ResetSignal) : null;
}

/** As far as the supervisor and the fold rely on it. */
function isState(state: Record<string, unknown>): boolean {
  const { id, status, blueprint, agents, current, context, plan, questions, usage, progress, iteration } = state;
  return (
    [id, status, blueprint].every((text) => typeof text === 'string') &&
    [progress, iteration].every((figure) => typeof figure === 'number') &&
    [context, usage].every(isObject) &&
    isObject(agents) &&
    Object.values(agents).every(isObject) &&
    Array.isArray(current) &&
    current.every((step) => typeof step === 'string') &&
    (plan === null || (Array.isArray(plan) && plan.every(isObject))) &&
    Array.isArray(questions) &&
    questions.every((question) => isObject(question) && typeof question['id'] === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
