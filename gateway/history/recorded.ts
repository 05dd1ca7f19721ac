/** What of a history event counts for the log, decoded: the input of the projection. */
import proto, { type temporal } from '@temporalio/proto';
import type { Payload } from '@temporalio/common';
import { BatonError } from '../../protocol/errors.ts';
import type { ExecutionInput } from '../../protocol/execution.ts';
import { memoKeys, signals } from '../../protocol/execution.ts';
import { isEmittableBatch } from '../../protocol/log-position.ts';
import type { BlobRef, EventDraft } from '../../protocol/schemas/event.ts';
import { isLost } from '../../stores/blobs/stored-data.ts';
import type { HistoryEvent } from './history-service.ts';

export type Ending =
  | { status: 'completed'; result: unknown }
  | { status: 'failed'; error: { code: string; message: string; step?: string } }
  | { status: 'cancelled' }
  | { status: 'terminated'; reason: string; by: string; via?: string; from?: string; request?: string }
  | { status: 'timed_out' };

export type Recorded = { recordedAt: string } & (
  | { kind: 'started'; input: ExecutionInput | null; workflowType: string; continuedFrom: string | null }
  /** `stored`: the drafts of a batch that lies in a blob; null where it could not be read. */
  | { kind: 'emit'; payload: unknown; stored?: EventDraft[] | null }
  | { kind: 'batch'; value: unknown }
  | { kind: 'closed'; ending: Ending; continuedBy: string | null }
  | { kind: 'continued_as_new'; continuedBy: string }
  /** Somebody used Temporal's own reset. */
  | { kind: 'disturbed' }
);

export interface Decoding {
  decode: (payload: Payload) => unknown;
  /** Reads a stored batch. */
  readStored: (ref: BlobRef) => Promise<unknown>;
}

const resetCause = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** null: the event does not count. A promise only where a payload lies outside the history or passes a codec. */
export function readRecorded(event: HistoryEvent, decoding: Decoding): Recorded | null | Promise<Recorded | null> {
  const recordedAt = timeOf(event);
  const signaled = event.workflowExecutionSignaledEventAttributes;
  if (signaled) {
    if (signaled.signalName !== signals.emit) return null;
    return then(decodeOr(signaled.input?.payloads?.[0], decoding, null), (payload) =>
      emit(payload, recordedAt, decoding),
    );
  }
  // A batch rides on the activity that is scheduled next, or stands in a memo.
  const riding = event.activityTaskScheduledEventAttributes?.input?.payloads?.[1];
  const batch = riding ?? event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields?.[memoKeys.batch];
  if (batch) return then(decodeOr(batch, decoding, null), (value) => ({ kind: 'batch', value, recordedAt }));
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) {
    return then(decodeOr(started.input?.payloads?.[0], decoding, null), (input) => ({
      kind: 'started',
      input: isExecutionInput(input) ? input : null,
      workflowType: started.workflowType?.name ?? '',
      continuedFrom: started.continuedExecutionRunId || null,
      recordedAt,
    }));
  }
  if (event.workflowTaskFailedEventAttributes?.cause === resetCause) return { kind: 'disturbed', recordedAt };
  return closing(event, recordedAt, decoding);
}

function emit(payload: unknown, recordedAt: string, decoding: Decoding): Recorded | Promise<Recorded> {
  const ref = (payload as { stored?: BlobRef } | null)?.stored;
  if (typeof ref?.ref !== 'string') return { kind: 'emit', payload, recordedAt };
  return decoding.readStored(ref).then(
    (stored) => ({ kind: 'emit', payload, recordedAt, stored: isEmittableBatch(stored) ? stored : null }),
    (error: unknown) => {
      if (!isLost(error)) throw error;
      return { kind: 'emit', payload, recordedAt, stored: null };
    },
  );
}

function closing(event: HistoryEvent, recordedAt: string, decoding: Decoding): Recorded | null | Promise<Recorded> {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed) {
    return then(decodeOr(completed.result?.payloads?.[0], decoding, null), (result) =>
      closed({ status: 'completed', result }, completed.newExecutionRunId, recordedAt),
    );
  }
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) {
    return then(failureOf(failed.failure, decoding), (error) =>
      closed({ status: 'failed', error }, failed.newExecutionRunId, recordedAt),
    );
  }
  if (event.workflowExecutionCanceledEventAttributes) return closed({ status: 'cancelled' }, null, recordedAt);
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated) {
    const by = terminated.identity || 'unknown';
    const plain = terminated.reason ?? '';
    // Where payloads are encrypted, so is the reason.
    const [first, second] = terminated.details?.payloads ?? [];
    return then(decodeOr(first, decoding, null), (told) =>
      then(decodeOr(second, decoding, null), (facts) => {
        const reason = typeof told === 'string' ? told : plain;
        return closed({ status: 'terminated', reason, by, ...terminationFacts(facts) }, null, recordedAt);
      }),
    );
  }
  const timedOut = event.workflowExecutionTimedOutEventAttributes;
  if (timedOut) return closed({ status: 'timed_out' }, timedOut.newExecutionRunId, recordedAt);
  const continued = event.workflowExecutionContinuedAsNewEventAttributes;
  if (continued) return { kind: 'continued_as_new', continuedBy: continued.newExecutionRunId ?? '', recordedAt };
  return null;
}

/** What our own termination says besides its reason; of somebody else's nothing. */
function terminationFacts(value: unknown): { via?: string; from?: string; request?: string } {
  const { via, from, request } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return {
    ...(typeof via === 'string' ? { via } : {}),
    ...(typeof from === 'string' ? { from } : {}),
    ...(typeof request === 'string' ? { request } : {}),
  };
}

function closed(ending: Ending, continuedBy: string | null | undefined, recordedAt: string): Recorded {
  return { kind: 'closed', ending, continuedBy: continuedBy || null, recordedAt };
}

function failureOf(
  failure: temporal.api.failure.v1.IFailure | null | undefined,
  decoding: Decoding,
): { code: string; message: string; step?: string } | Promise<{ code: string; message: string; step?: string }> {
  const code = failure?.applicationFailureInfo?.type || 'internal';
  return then(messageOf(failure, decoding), (message) =>
    then(decodeOr(failure?.applicationFailureInfo?.details?.payloads?.[0], decoding, null), (details) => {
      const step = (details as { step?: unknown } | null)?.step;
      return { code, message, ...(typeof step === 'string' ? { step } : {}) };
    }),
  );
}

/** Where payloads are encrypted, a failure's message is one of them. */
export function messageOf(
  failure: temporal.api.failure.v1.IFailure | null | undefined,
  decoding: Pick<Decoding, 'decode'>,
): string | Promise<string> {
  const plain = failure?.message || 'failed without a reason';
  return then(decodeOr(failure?.encodedAttributes, decoding, null), (attributes) => {
    const encoded = (attributes as { message?: unknown } | null)?.message;
    return typeof encoded === 'string' && encoded !== '' ? encoded : plain;
  });
}

/**
 * A payload that cannot be decoded is worth what a malformed one is: nothing, and never an exception. But one whose key is
 * missing here counts for whoever has the key: the log cannot be told without it.
 */
function decodeOr(
  payload: Payload | null | undefined,
  { decode }: Pick<Decoding, 'decode'>,
  fallback: unknown,
): unknown {
  if (!payload) return fallback;
  const orElse = (error: unknown) => {
    if (error instanceof BatonError && error.code === 'key_missing') throw error;
    return fallback;
  };
  try {
    const value = decode(payload);
    return value instanceof Promise ? value.catch(orElse) : value;
  } catch (error) {
    return orElse(error);
  }
}

function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function isExecutionInput(value: unknown): value is ExecutionInput {
  const input = value as Partial<ExecutionInput> | null;
  return typeof input === 'object' && input !== null && Number.isSafeInteger(input.seq) && 'cause' in input;
}

function timeOf(event: HistoryEvent): string {
  const { seconds, nanos } = event.eventTime ?? {};
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000)).toISOString();
}
