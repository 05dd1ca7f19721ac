/** What a transport hands up, whatever it is made of. */
import type { LiveFrame, RunEvent, RunView } from './types.ts';

export type Frame =
  | { kind: 'event'; event: RunEvent }
  | { kind: 'live'; live: LiveFrame }
  | { kind: 'snapshot'; state: RunView }
  | { kind: 'gap'; from: number; to: number }
  | { kind: 'end'; lastSeq: number }
  | { kind: 'notice'; code: string };

/**
 * One attempt at reading a run by one transport. Yields `opened` once the gateway has taken the request, then frames
 * after `after`, until the run's log is read to its end (returns) or the connection fails (throws).
 */
export type Source = (request: SourceRequest) => AsyncGenerator<Frame | { kind: 'opened' }, void, undefined>;

export interface SourceRequest {
  run: string;
  after: number;
  /** Whether to stay after an end, for a run that may go on. */
  follow: boolean;
  signal: AbortSignal;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain guard: enough of an event for the reader to number by; the rest is the gateway's word. */
export function isEvent(value: unknown): value is RunEvent {
  return isObject(value) && isCount(value['seq']) && typeof value['type'] === 'string' && isObject(value['data']);
}

/** A pushed WebSocket frame of a run as a frame; null for what this version does not know. */
export function readPush(push: Record<string, unknown>): Frame | null {
  switch (push['kind']) {
    case 'event':
      return isEvent(push['event']) ? { kind: 'event', event: push['event'] } : null;
    case 'live': {
      const { kind: _kind, run: _run, ...live } = push;
      return readLive(live);
    }
    case 'snapshot':
      return readSnapshot(push['state']);
    case 'gap':
      return readGap(push);
    case 'end':
      return readEnd(push);
    case 'notice':
      return typeof push['code'] === 'string' ? { kind: 'notice', code: push['code'] } : null;
    default:
      return null;
  }
}

export function readLive(live: Record<string, unknown>): Frame | null {
  return typeof live['agent'] === 'string' && typeof live['step'] === 'string'
    ? { kind: 'live', live: live as LiveFrame }
    : null;
}

export function readSnapshot(state: unknown): Frame | null {
  const isState = isObject(state) && typeof state['status'] === 'string' && Number.isSafeInteger(state['lastSeq']);
  return isState ? { kind: 'snapshot', state: state as RunView } : null;
}

export function readGap(value: unknown): Extract<Frame, { kind: 'gap' }> | null {
  if (!isObject(value) || !isCount(value['from']) || !isCount(value['to'])) return null;
  return { kind: 'gap', from: value['from'], to: value['to'] };
}

export function readEnd(value: unknown): Frame | null {
  return isObject(value) && Number.isSafeInteger(value['lastSeq'])
    ? { kind: 'end', lastSeq: value['lastSeq'] as number }
    : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
