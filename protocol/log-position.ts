/**
 * The counting rule of `seq`, shared by the workflow and the projection, so that both number alike.
 * Replayed: no I/O, no clock. Nothing here throws: a malformed payload is worth none.
 *
 *   what takes a seq                      events it is worth
 *   ─────────────────────────────────     ──────────────────────────────────────────────
 *   start of an execution                 1 with a cause, 0 for continue-as-new
 *   signal `emit`                         its count if accepted (rules below), else 0
 *   flushed batch                         its length
 *   closing event                         1 (0 for continue-as-new)
 *
 * An emit is accepted when its step is open, and it is the next of the step's newest attempt:
 * n = last + 1 of the same attempt, or n = 1 of a newer one. So a signal that was sent twice, or by an attempt that
 * was given up, doubles nothing.
 */
import type { EmitSignal } from './execution.ts';
import type { EventDraft } from './schemas/event.ts';
import { isTooDeep } from './is-too-deep.ts';
import { batchEvents, storedBatchEvents } from './limits.ts';

export interface LogPosition {
  /** The seq that the next event takes. */
  next: number;
  /** Steps that are open, with the last emit that was accepted. */
  open: Map<string, { attempt: number; n: number }>;
}

export function logPosition(next: number): LogPosition {
  return { next, open: new Map() };
}

const emittable: ReadonlySet<unknown> = new Set(['agent.progressed', 'agent.emitted', 'agent.attempt_failed']);

/** Takes a seq for one event: the cause of an execution, or its end. */
export function countOne(position: LogPosition): number {
  return position.next++;
}

/** Takes the seqs of a flushed batch and notes which steps it opens and closes. Returns the first of them. */
export function countBatch(position: LogPosition, events: readonly EventDraft[]): number {
  const first = position.next;
  position.next += events.length;
  for (const event of events) {
    if (event.step === undefined) continue;
    if (event.type === 'agent.started') position.open.set(event.step, { attempt: 0, n: 0 });
    else if (event.type === 'agent.completed' || event.type === 'agent.failed') position.open.delete(event.step);
  }
  return first;
}

/** Takes the seqs of an emit signal. Returns the signal if it was accepted, null if it is worth none. */
export function countEmit(position: LogPosition, payload: unknown): EmitSignal | null {
  if (!isEmitSignal(payload)) return null;
  const last = position.open.get(payload.step);
  if (last === undefined) return null;
  const isNext = payload.attempt === last.attempt && payload.n === last.n + 1;
  const isNewAttempt = payload.attempt > last.attempt && payload.n === 1;
  if (!isNext && !isNewAttempt) return null;
  last.attempt = payload.attempt;
  last.n = payload.n;
  position.next += 'events' in payload ? payload.events.length : payload.count;
  return payload;
}

function isEmitSignal(value: unknown): value is EmitSignal {
  if (!isObject(value) || typeof value['step'] !== 'string') return false;
  if (!isCount(value['attempt']) || !isCount(value['n'])) return false;
  if ('events' in value) {
    const events = value['events'];
    return Array.isArray(events) && events.length > 0 && events.length <= batchEvents && events.every(isEmittableDraft);
  }
  const { count, stored } = value;
  return isCount(count) && count <= storedBatchEvents && isObject(stored) && typeof stored['ref'] === 'string';
}

function isEmittableDraft(value: unknown): boolean {
  if (!isObject(value) || !emittable.has(value['type'])) return false;
  const { agent, step, attempt } = value;
  const isPlaced =
    (agent === undefined || typeof agent === 'string') &&
    (step === undefined || typeof step === 'string') &&
    (attempt === undefined || isCount(attempt));
  return isPlaced && typeof value['at'] === 'string' && isObject(value['data']) && !isTooDeep(value['data']);
}

/** A stored batch's blob holds drafts of agents, and nothing else. */
export function isEmittableBatch(value: unknown): value is EventDraft[] {
  return Array.isArray(value) && value.every(isEmittableDraft);
}

/** A flushed batch as it stands in a memo; null if it is none. */
export function readBatch(value: unknown): { first: number; events: EventDraft[] } | null {
  if (!isObject(value) || !isCount(value['first']) || !Array.isArray(value['events'])) return null;
  const isDraft = (event: unknown) =>
    isObject(event) && typeof event['type'] === 'string' && typeof event['at'] === 'string' && isObject(event['data']);
  return value['events'].every(isDraft) ? (value as unknown as { first: number; events: EventDraft[] }) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
