/**
 * What a failed call to a model means.
 *
 *   401, 403, other 4xx, a used-up account   model_refused   not tried again
 *   429                                      model_limited   again after Retry-After, else with backoff
 *   408, 409, 5xx, network, a broken body    model_failed    again, likewise
 *   no answer in time, a stream that broke   model_failed    not again within the call
 */
import { BatonError, type ErrorCode } from '../../protocol/errors.ts';
import { modelFaultCharacters } from '../../protocol/limits.ts';

/** As far as the AI SDK's errors are read. */
interface ProviderError extends Error {
  statusCode?: number | undefined;
  responseHeaders?: Record<string, string> | undefined;
  responseBody?: string | undefined;
}

export interface ModelFault {
  error: BatonError;
  isPassing: boolean;
  /** The provider's own wish. */
  retryAfterMs: number | null;
}

export function modelFault(
  cause: unknown,
  { model, apiKey, nowMs }: { model: string; apiKey?: string | undefined; nowMs: number },
): ModelFault {
  if (cause instanceof BatonError) return { error: cause, isPassing: false, retryAfterMs: null };
  const fault = (cause instanceof Error ? cause : new Error(String(cause))) as ProviderError;
  const { statusCode: status } = fault;
  const code = codeOf(fault);
  const words = withoutKey(fault.message || fault.name, apiKey).slice(0, modelFaultCharacters);
  const what = { model_refused: 'refused the request', model_limited: 'limits the rate', model_failed: 'failed' }[code];
  const error = new BatonError(code, `model ${model} ${what}${status === undefined ? '' : ` (${status})`}: ${words}`, {
    model,
    ...(status === undefined ? {} : { status }),
  });
  const isPassing = code !== 'model_refused' && fault.name !== 'TimeoutError';
  return { error, isPassing, retryAfterMs: retryAfterOf(fault.responseHeaders ?? {}, nowMs) };
}

function codeOf({ statusCode, responseBody }: ProviderError): ErrorCode & `model_${'refused' | 'limited' | 'failed'}` {
  // An account without means answers 429 too, and will tomorrow.
  if (statusCode === 429) return responseBody?.includes('insufficient_quota') ? 'model_refused' : 'model_limited';
  const isRefused = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isRefused && statusCode !== 408 && statusCode !== 409 ? 'model_refused' : 'model_failed';
}

/** Seconds, or a date, or OpenAI's own milliseconds. */
function retryAfterOf(headers: Record<string, string>, nowMs: number): number | null {
  const ms = Number(headers['retry-after-ms'] || Number.NaN);
  if (ms >= 0) return ms;
  const after = headers['retry-after'];
  if (!after) return null;
  const waitMs = Number.isFinite(Number(after)) ? Number(after) * 1_000 : Date.parse(after) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}

/** A provider may repeat the key that it refuses. */
function withoutKey(text: string, apiKey: string | undefined): string {
  return apiKey ? text.replaceAll(apiKey, '[redacted]') : text;
}
