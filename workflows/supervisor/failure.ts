import { ApplicationFailure } from '@temporalio/workflow';

const codeCharacters = 100;
const messageCharacters = 4_000;

/** What a failure of the run says of itself; null for what is none (a cancel, a continue-as-new, a fault of the code). */
export function failureFacts(error: unknown): { code: string; step: string | null } | null {
  if (!(error instanceof ApplicationFailure) || typeof error.type !== 'string') return null;
  const [details] = error.details ?? [];
  const step = typeof details === 'object' && details !== null && 'step' in details ? details.step : null;
  return { code: error.type, step: typeof step === 'string' ? step : null };
}

/**
 * How a run fails: the code is the failure's type, the step stands in its details. Agents have a hand in the words:
 * Temporal takes no half of a surrogate pair (the workflow task would fail for ever), and a failure stays small.
 */
export function failure(code: string, message: string, step?: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: code.slice(0, codeCharacters).toWellFormed(),
    message: message.slice(0, messageCharacters).toWellFormed(),
    nonRetryable: true,
    details: step === undefined ? [] : [{ step }],
  });
}
