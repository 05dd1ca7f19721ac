/** What a principal is told where it may not, or where there is nothing. */
import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import { runNameCharacters } from '../../protocol/limits.ts';

/** What no run can be called never gets to Temporal, which answers to some of it with other errors. */
export function requirePossible(run: string): void {
  if (run === '' || run.length > runNameCharacters || !run.isWellFormed() || /\p{Cc}/u.test(run))
    throw runNotFound(run);
}

export function runNotFound(run: string): BatonError {
  return new BatonError('run_not_found', `there is no run ${run}, or it is past retention`, { run });
}

export function forbidden(by: Principal, message: string, details: Record<string, unknown> = {}): BatonError {
  return new BatonError('forbidden', `${message}; ${by.name} has ${by.roles.join(', ') || 'no role'}`, details);
}
