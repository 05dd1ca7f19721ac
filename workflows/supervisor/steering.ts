/**
 * Pausing, and what ops do to single steps. Replayed: no I/O, no clock.
 *
 *   running ──pause──▶ paused: the main loop waits before its next decision ──unpause──▶ running
 *
 * A step's activity is paused by the gateway, at the server: of that the run only keeps the record.
 */
import { condition } from '@temporalio/workflow';
import type { SteerSignal } from '../../protocol/execution.ts';
import { principalCharacters, reasonCharacters } from '../../protocol/limits.ts';
import type { EventDraft } from '../../protocol/schemas/event.ts';
import { readActor } from './interruption.ts';
import type { LimitGuard } from './limit-guard.ts';
import { now } from './now.ts';
import type { Supervision } from './supervision.ts';

const events = {
  pause: 'run.paused',
  unpause: 'run.unpaused',
  'pause-step': 'step.paused',
  'unpause-step': 'step.unpaused',
  'retry-step': 'step.retried',
} as const satisfies Record<SteerSignal['what'], EventDraft['type']>;

/** Takes the signals of one execution. */
export function steering(run: Supervision): (payload: unknown) => void {
  const taken = new Set<string>();
  return (payload) => {
    const signal = readSteer(payload);
    if (signal === null || taken.has(signal.request) || run.interruption) return;
    taken.add(signal.request);
    const { what, step, reason, forced, request } = signal;
    if (what === 'pause' || what === 'unpause') {
      if (run.isPaused === (what === 'pause')) return;
      run.isPaused = what === 'pause';
    }
    const place = step === undefined ? {} : placeOf(run, step);
    if (place === null) return;
    const why = { ...(reason === undefined ? {} : { reason }), ...(forced === true ? { forced } : {}) };
    const data = { ...readActor(payload), ...why, request };
    run.log.push({ type: events[what], at: now(), ...place, data });
  };
}

/** Between two steps; the time that it takes counts for no limit. */
export async function untilUnpaused(run: Supervision, limits: LimitGuard): Promise<void> {
  const sinceMs = Date.now();
  limits.stop();
  await condition(() => !run.isPaused || run.interruption !== null);
  limits.postpone(Date.now() - sinceMs);
}

/** null where the step is not open. */
function placeOf({ log }: Supervision, step: string): { agent: string; step: string } | null {
  if (!log.state.current.includes(step)) return null;
  return { agent: step.slice(0, step.lastIndexOf('#')), step };
}

/** null for what is none: a malformed signal must not wedge the run. */
function readSteer(value: unknown): SteerSignal | null {
  if (typeof value !== 'object' || value === null) return null;
  const { what, step, reason, forced, request } = value as Partial<SteerSignal>;
  if (typeof what !== 'string' || !Object.hasOwn(events, what)) return null;
  if (typeof request !== 'string' || request.length > principalCharacters) return null;
  if ((typeof step === 'string') !== what.endsWith('-step')) return null;
  return {
    what,
    ...(step === undefined ? {} : { step }),
    ...(typeof reason === 'string' ? { reason: reason.slice(0, reasonCharacters) } : {}),
    ...(forced === true ? { forced } : {}),
    ...readActor(value),
    request,
  };
}
