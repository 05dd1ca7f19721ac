/**
 * What an agent's activity heartbeats, and what its failures carry. A gateway without a bus reads the newest
 * heartbeat from the pending activity; the next attempt goes on from it. Plain: the workflow bundle may import this file.
 */
import type { BlobRef, LiveFrame } from './schemas/event.ts';

export interface HeartbeatDetails {
  agent: string;
  step: string;
  /** Counted over the whole step, as in events. */
  attempt: number;
  /** ISO 8601: when fraction and message were reported. */
  at: string;
  fraction: number;
  message: string;
  /** The newest checkpoint: itself, or where it is stored when it is large. */
  checkpoint?: { value: unknown } | { stored: BlobRef };
  /** Signals and bytes that this activity has spent on emits, over all its attempts. */
  emitted: { signals: number; bytes: number };
  /** Attempts of this activity that the agent itself failed: a lost or stopped worker is not its fault. */
  failures: number;
  /** Model tokens of this activity's attempts so far. */
  usage?: { inputTokens: number; outputTokens: number };
}

/** First detail of the ApplicationFailure with which an attempt of an agent failed; the second is the error's own details. */
export interface AttemptReport {
  attempt: number;
  progress: number;
  emitted: { signals: number; bytes: number };
  checkpoint?: unknown;
  /** Model tokens of all attempts of the activity. */
  usage?: { inputTokens: number; outputTokens: number };
}

/** The details of a heartbeat, or null for anything else. */
export function readHeartbeat(value: unknown): HeartbeatDetails | null {
  if (typeof value !== 'object' || value === null) return null;
  const details = value as Partial<HeartbeatDetails>;
  const isWhole =
    typeof details.agent === 'string' &&
    typeof details.step === 'string' &&
    typeof details.attempt === 'number' &&
    typeof details.at === 'string' &&
    typeof details.fraction === 'number' &&
    typeof details.message === 'string' &&
    typeof details.failures === 'number' &&
    typeof details.emitted?.signals === 'number' &&
    typeof details.emitted.bytes === 'number' &&
    (details.usage === undefined ||
      (typeof details.usage.inputTokens === 'number' && typeof details.usage.outputTokens === 'number'));
  return isWhole ? (details as HeartbeatDetails) : null;
}

/** The live frame that a heartbeat stands for. */
export function liveFrameOf({ agent, step, attempt, at, fraction, message }: HeartbeatDetails): LiveFrame {
  return { agent, step, attempt, at, fraction, message };
}
