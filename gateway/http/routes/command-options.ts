import { BatonError } from '../../../protocol/errors.ts';
import { idempotencyKeyCharacters } from '../../../protocol/limits.ts';
import type { CommandOptions } from '../../../protocol/schemas/commands.ts';
import { present } from '../../present.ts';
import type { RequestHeader } from '../route.ts';

/** The header is the body's `requestId` by another name; where both are sent, the body's counts. */
export function commandOptions(
  { requestId, ifSeq }: CommandOptions,
  header: (name: RequestHeader) => string,
): CommandOptions {
  return present({ requestId: requestId ?? idempotencyKey(header('idempotency-key')), ifSeq });
}

/** Errors: invalid_request. */
export function idempotencyKey(key: string): string | undefined {
  if (key.length > idempotencyKeyCharacters)
    throw new BatonError('invalid_request', `Idempotency-Key may have ${idempotencyKeyCharacters} characters`, {
      field: 'Idempotency-Key',
    });
  return key === '' ? undefined : key;
}
