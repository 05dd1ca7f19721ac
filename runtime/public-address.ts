/**
 * Which network addresses a crawl may reach. Only global unicast is public: private, loopback, link-local, CGNAT,
 * unique-local, multicast, documentation and every form that wraps an IPv4 address (mapped, NAT64, 6to4, Teredo) is not.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { BatonError } from '../protocol/errors.ts';

/** `address` without brackets. Anything that is no IP address is not public. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // Everything that is handed out lies in 2000::/3; the rest of `unicast` is unassigned.
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3'));
}

/** Throws `target_forbidden`. */
export function assertPublicAddress(address: string, host: string): void {
  if (isPublicAddress(address)) return;
  const via = address === host ? '' : ` (${host})`;
  throw new BatonError(
    'target_forbidden',
    `${address}${via} is not a public address; set CRAWL_ALLOW_PRIVATE=1 to allow it`,
    {
      host,
      address,
    },
  );
}

/** Throws `target_forbidden` for an address that must not be reached. */
export type AddressGuard = (address: string, host: string) => void;

/**
 * The `lookup` of a socket: it hands on only answers that the guard lets pass, so that what was checked is what is
 * connected to. One forbidden address among several refuses them all.
 */
export function guardedLookup(guard: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      try {
        for (const { address } of addresses) guard(address, hostname);
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, '');
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses as [LookupAddress];
      return callback(null, first.address, first.family);
    });
  };
}

/**
 * Looks a URL's host up and throws `target_forbidden` if it is not public. An early word for people only:
 * the answer may have changed by the time of a connection, which `guardedLookup` checks by itself.
 */
export async function assertPublicTarget(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return assertPublicAddress(host, host);
  await new Promise<void>((done, fail) => {
    guardedLookup(assertPublicAddress)(host, { all: true }, (error) => {
      // A name that does not resolve is not forbidden: the crawl itself will say so.
      if (error instanceof BatonError) fail(error);
      else done();
    });
  });
}
