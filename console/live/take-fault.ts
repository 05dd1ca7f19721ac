import { BatonClientError } from '../../client/index.ts';
import { tellSignedOut } from '../app/signed-out.ts';

/** Why something could not be kept current, in the client's words. A socket that was closed for its token says so here alone. */
export function takeFault(error: unknown): BatonClientError {
  if (!(error instanceof BatonClientError)) return new BatonClientError('internal', String(error), { cause: error });
  if (error.code === 'unauthenticated') tellSignedOut();
  return error;
}
