/** One step as it is folded: what the log says of it, and what the history adds of its attempts. Pure. */
import { cutData, byteLength, eventBlobRef } from '../../protocol/cut-data.ts';
import { timelineTextCharacters, timelineValueBytes } from '../../protocol/limits.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { RunError } from '../../protocol/schemas/state.ts';
import type { StepQuestion, TimelineStep, Wait } from '../../protocol/schemas/timeline.ts';

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

export interface AttemptRecord {
  attempt: number;
  /** First sign of it in the log. */
  seenAt: string | null;
  failedAt: string | null;
  error: { code: string; message: string } | null;
}

/** One activity of a step, as the history has it. */
export interface CallFacts {
  step: string;
  /** Attempts of the step before it. */
  attemptBase: number;
  /** Of the log, when it was scheduled. */
  seq: number;
  scheduledAt: string;
  /** Of its last attempt; null while it is open. */
  started: { attempt: number; at: string; worker: string | null; lastFailure: CallFailure | null } | null;
  closed: { at: string; outcome: 'completed' | 'failed' | 'timed_out' | 'cancelled' } | null;
}

export interface CallFailure {
  code: string;
  message: string;
}

/** What the server holds of an activity that is open. */
export interface OpenCall {
  step: string;
  /** Counted over the whole step. */
  attempt: number;
  isAtWork: boolean;
  startedAt: string | null;
  worker: string | null;
  lastFailure: CallFailure | null;
}

export interface StepRecord {
  step: string;
  agent: string;
  seq: number;
  status: TimelineStep['status'];
  decision: TimelineStep['decision'];
  delegatedBy: string | null;
  instructions: string | null;
  planStep: string | null;
  startedAt: string;
  endedAt: string | null;
  progress: number;
  message: string;
  attempts: Map<number, AttemptRecord>;
  /** The attempt that it ended with. */
  lastAttempt: number;
  waits: Wait[];
  questions: StepQuestion[];
  usage: Usage;
  emitted: number;
  error: RunError | null;
  result: unknown;
  update: unknown;
  calls: CallFacts[];
}

export function newStep(
  { agent = '', step = '', seq, at, data }: RunEvent,
  led: Pick<StepRecord, 'decision' | 'delegatedBy'>,
): StepRecord {
  return {
    step,
    agent,
    seq,
    status: 'running',
    ...led,
    instructions: shortText(data['instructions']),
    planStep: shortText(data['planStep']),
    startedAt: at,
    endedAt: null,
    progress: 0,
    message: '',
    attempts: new Map(),
    lastAttempt: 1,
    waits: [],
    questions: [],
    usage: { inputTokens: 0, outputTokens: 0 },
    emitted: 0,
    error: null,
    result: null,
    update: null,
    calls: [],
  };
}

export function attemptOf(record: StepRecord, attempt: number): AttemptRecord {
  const known = record.attempts.get(attempt);
  if (known) return known;
  const made = { attempt, seenAt: null, failedAt: null, error: null };
  record.attempts.set(attempt, made);
  return made;
}

export function beginWait(record: StepRecord, wait: Wait['for'], from: string, what?: string): void {
  record.waits.push({ for: wait, from, to: null, ms: null, ...(what === undefined ? {} : { what }) });
}

/** The newest that is open, of this kind (and about this). */
export function endWait(record: StepRecord, wait: Wait['for'], to: string, what?: string): void {
  const open = record.waits.findLast(
    (each) => each.for === wait && each.to === null && (what === undefined || each.what === what),
  );
  if (open) closeWait(open, to);
}

export function closeWait(wait: Wait, to: string): void {
  wait.to = to;
  wait.ms = msBetween(wait.from, to);
}

/** Clocks of two machines may differ: never below 0. */
export function msBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) || 0;
}

export function shortText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return value.length > timelineTextCharacters ? `${value.slice(0, timelineTextCharacters)}…` : value;
}

/** A value of an event's data; where it is large, what stands in its place. */
export function briefValue(seq: number, data: Record<string, unknown>, key: string): unknown {
  const value = data[key];
  // Of an event that was cut, the whole is in its own blob.
  if (value === undefined) return 'blob' in data ? { preview: data['preview'], blob: data['blob'] } : null;
  const json = JSON.stringify(value) ?? 'null';
  const bytes = byteLength(json);
  if (bytes <= timelineValueBytes) return value;
  const whole = JSON.stringify(data);
  return cutData({}, json, { ref: eventBlobRef(seq), bytes: byteLength(whole), type: 'application/json' });
}

export function errorOf(value: unknown): { code: string; message: string } {
  const { code, message } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { code: typeof code === 'string' ? code : 'internal', message: shortText(message) ?? '' };
}
