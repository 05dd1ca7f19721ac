import { BatonError } from '../../protocol/errors.ts';
import { reservedIdPattern } from '../../protocol/limits.ts';

/** Ids that begin with a dialect's prefix are that dialect's alone. Errors: reserved_id. */
export function requireUnreservedId(id: string | undefined, dialect?: string): void {
  if (id === undefined || !reservedIdPattern.test(id)) return;
  if (dialect !== undefined && id.startsWith(`${dialect}:`)) return;
  throw new BatonError('reserved_id', `ids that begin with ${id.split(':')[0]}: belong to a dialect`, { field: 'id' });
}
