import { BatonError } from '../../../protocol/errors.ts';
import type { Guard } from '../../auth/guard.ts';

/** A token for one task is a wrong token for every other. Errors: unauthenticated. */
export function requireTask({ by }: Guard, tasks: readonly string[]): void {
  if (by.onlyTask === undefined || tasks.every((task) => task === by.onlyTask)) return;
  throw new BatonError('unauthenticated', 'the token is for another task');
}
