/**
 * Connections of an HTTP client to addresses that a guard lets pass. The check is made on what the socket connects to: a
 * literal address here, a name's answers in the socket's own lookup, so that nothing can change between check and
 * connection.
 */
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressGuard, guardedLookup } from './public-address.ts';

/** For `connect` of an undici `Agent`. `timeoutMs` bounds one connection. */
export function guardedConnector(guard: AddressGuard, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(guard), timeout: timeoutMs });
  return (options, callback) => {
    // A literal address is never looked up.
    if (isIP(options.hostname) !== 0) {
      try {
        guard(options.hostname, options.hostname);
      } catch (refusal) {
        callback(refusal as Error, null);
        return;
      }
    }
    connect(options, callback);
  };
}
