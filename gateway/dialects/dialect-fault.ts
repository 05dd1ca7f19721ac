/** Errors as the existing systems tell them: `{"error": {"code", "message"}, "detail"}`. */
import type { BatonError, ErrorCode } from '../../protocol/errors.ts';
import { asBatonError } from '../http/problem.ts';
import { json, type WholeReply } from '../http/reply.ts';

/** An error with a code of the dialect's own contract. */
export class DialectFault extends Error {
  override readonly name = 'DialectFault';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a dialect calls the engine's errors; those that are missing keep their status and code. */
export type FaultTable = Readonly<Partial<Record<ErrorCode, { status: number; code: string }>>>;

export function toDialectFault(cause: unknown, table: FaultTable): DialectFault {
  if (cause instanceof DialectFault) return cause;
  const error: BatonError = asBatonError(cause);
  const { status, code } = table[error.code] ?? error;
  return new DialectFault(status, code, error.message);
}

/** For `fault` of a route. */
export function faultReply(table: FaultTable): (cause: unknown) => WholeReply {
  return (cause) => {
    const { status, code, message } = toDialectFault(cause, table);
    return json(status, { error: { code, message }, detail: message });
  };
}
