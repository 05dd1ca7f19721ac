/** What an attempt's error means: its code, whether another attempt may help, and how it crosses Temporal. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { BatonError, isErrorCode, errorTable, type ErrorCode, type ErrorDetails } from '../protocol/errors.ts';
import type { AttemptReport } from '../protocol/heartbeat.ts';
import { agentMessageCharacters } from '../protocol/limits.ts';

export interface AgentFault {
  code: ErrorCode;
  message: string;
  retry: boolean;
  details: ErrorDetails;
  cause: Error | undefined;
}

/** A `BatonError` says itself whether another attempt may help; anything else an agent throws may. */
export function faultOf(error: unknown): AgentFault {
  if (error instanceof BatonError)
    return { code: error.code, message: error.message, retry: error.retry, details: error.details, cause: error };
  if (error instanceof ApplicationFailure)
    return {
      code: isErrorCode(error.type) ? error.type : 'agent_failed',
      message: error.message,
      retry: error.nonRetryable !== true && (!isErrorCode(error.type) || errorTable[error.type].retry),
      details: {},
      cause: error,
    };
  const cause = error instanceof Error ? error : new Error(String(error));
  return { code: 'agent_failed', message: cause.message || cause.name, retry: true, details: {}, cause };
}

export function toApplicationFailure(
  { code, message, details, cause }: AgentFault,
  options: { retry: boolean; report: AttemptReport; nextRetryDelayMs?: number },
): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message: told(message),
    nonRetryable: !options.retry,
    details: [options.report, details],
    ...(cause ? { cause: copyOf(cause) } : {}),
    // Nobody's fault: the SDK neither warns of it nor counts it.
    ...(code === 'shutting_down' || code === 'step_paused' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(options.nextRetryDelayMs === undefined ? {} : { nextRetryDelay: options.nextRetryDelayMs }),
  });
}

/** Temporal takes no half of a surrogate pair, and a failure stands in the log several times. */
function told(text: string): string {
  return text.slice(0, agentMessageCharacters).toWellFormed();
}

/** The SDK sends an error's message and stack as they are, and those of its causes. */
function copyOf({ name, message, stack }: Error): Error {
  const copy = new Error(told(message));
  copy.name = told(name);
  copy.stack = told(stack ?? '');
  return copy;
}
