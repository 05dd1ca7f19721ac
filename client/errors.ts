import { errorTable, isErrorCode } from '../protocol/errors.ts';

/**
 * The one error of the client. `code` is the gateway's (docs/protocol.md lists them), or one of the client's own:
 *
 *   unreachable    no connection, or it broke before the reply                          retry
 *   timeout        no reply in time                                                     retry
 *   bad_response   something between answered, or another server                        retry where its status says so
 *   protocol       the gateway broke its protocol (a hole that stays a hole)
 *   no_transport   the transport that was asked for does not exist here
 */
export class BatonClientError extends Error {
  override readonly name = 'BatonClientError';
  readonly code: string;
  /** HTTP status; 0 where there was none. */
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retry: boolean;
  /** What the problem said beyond its code: `field`, `lastSeq`, `by`, `at` … */
  readonly details: Readonly<Record<string, unknown>>;
  /** From `Retry-After`; null where none was given. */
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    message: string,
    about: {
      status?: number;
      retry?: boolean;
      details?: Record<string, unknown>;
      retryAfterMs?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = code;
    this.status = about.status ?? 0;
    this.retry = about.retry ?? false;
    this.details = about.details ?? {};
    this.retryAfterMs = about.retryAfterMs ?? null;
  }
}

export function unreachable(what: string, cause?: unknown): BatonClientError {
  return new BatonClientError('unreachable', what, { retry: true, cause });
}

/** Whether another try may help, after `failures` in a row: a token that has expired is worth one with a new token. */
export function mayPassLater(
  { code, retry }: BatonClientError,
  failures: number,
  { canRenewToken }: { canRenewToken: boolean },
): boolean {
  return code === 'unauthenticated' ? canRenewToken && failures === 0 : retry;
}

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** From a problem+json body or a WebSocket's error object; anything else is `bad_response`. */
export function fromProblem(status: number, body: unknown, retryAfter: string | null = null): BatonClientError {
  const retryAfterMs = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  const isProblem = typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
  if (!isProblem) {
    const message = `the answer (HTTP ${status}) is not from a Baton gateway`;
    return new BatonClientError('bad_response', message, { status, retry: retriedStatuses.has(status), retryAfterMs });
  }
  const {
    code,
    message,
    detail,
    title,
    retry,
    status: ownStatus,
    type: _type,
    ...details
  } = body as Record<string, unknown>;
  const text = [detail, message, title].find((words) => typeof words === 'string') ?? code;
  const known = isErrorCode(code) ? errorTable[code] : null;
  const told = typeof ownStatus === 'number' ? ownStatus : (known?.status ?? status);
  return new BatonClientError(String(code), String(text), {
    status: told,
    retry: known?.retry ?? (typeof retry === 'boolean' ? retry : retriedStatuses.has(told)),
    details,
    retryAfterMs,
  });
}
