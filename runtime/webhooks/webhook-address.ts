/** Where a run's own webhook may be: whoever starts a run must not make Baton post into the operator's network. */
import { isIP } from 'node:net';
import { BatonError } from '../../protocol/errors.ts';
import { isPublicAddress } from '../public-address.ts';

/** As an `AddressGuard`. Throws `target_forbidden`. */
export function assertWebhookAddress(address: string, host: string): void {
  if (isPublicAddress(address)) return;
  const via = address === host ? '' : ` (${host})`;
  throw new BatonError(
    'target_forbidden',
    `${address}${via} is not a public address; set BATON_WEBHOOK_ALLOW_PRIVATE=1 to allow webhooks there`,
    { host, address, field: 'webhook.url' },
  );
}

/** What can be said without asking for a name's addresses; the rest is said where it is connected to. Throws `target_forbidden`. */
export function assertWebhookUrl(url: string): void {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) assertWebhookAddress(host, host);
  else if (host === 'localhost' || host.endsWith('.localhost')) assertWebhookAddress('127.0.0.1', host);
}
