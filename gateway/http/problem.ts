/** Errors as RFC 9457 problems. */
import { BatonError, errorTable, type ErrorCode } from '../../protocol/errors.ts';
import { retryAfterSeconds } from '../../protocol/limits.ts';
import type { Problem } from '../../protocol/schemas/commands.ts';
import { json, type WholeReply } from './reply.ts';

/** Faults that are not Baton's own tell nothing of their inside; whoever calls logs them. */
export function asBatonError(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  return new BatonError(
    'internal',
    'something failed inside; the log of the gateway has the rest',
    {},
    { cause: error },
  );
}

export function problemOf({ code, message, details }: BatonError): Problem {
  const { status, title } = errorTable[code];
  return { ...details, type: `/docs#error-${code}`, title, status, detail: message, code };
}

export function problemReply(error: BatonError): WholeReply {
  return json(error.status, problemOf(error), headersOf(error), 'application/problem+json');
}

function headersOf({ code, status, details }: BatonError): Record<string, string> {
  if (code === 'unauthenticated') return { 'www-authenticate': 'Bearer' };
  if (status === 429 || status === 503) {
    const seconds = details['retryAfterSeconds'];
    return { 'retry-after': String(typeof seconds === 'number' ? seconds : retryAfterSeconds) };
  }
  if (code === 'method_not_allowed' && typeof details['allow'] === 'string') return { allow: details['allow'] };
  if (code === 'range_not_satisfiable') return { 'content-range': `bytes */${String(details['bytes'])}` };
  if (code === 'upgrade_required') return { upgrade: 'websocket' };
  return {};
}

/** What a frame says of an error; the same words as a problem. */
export function frameError({ code, message, details }: BatonError): { code: ErrorCode; message: string } {
  return { ...details, code, message };
}
