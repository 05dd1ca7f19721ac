/** Addresses as the crawler keeps them: absolute, http or https, without fragment, empty query and credentials. */
import { getDomain } from 'tldts';
import { crawlUrlCharacters } from '../../protocol/limits.ts';

/** null for what a crawl does not follow: other schemes, nonsense, credentials, overlong addresses. */
export function toAddress(href: string, base?: string): string | null {
  const url = URL.parse(href.trim(), base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (url.username !== '' || url.password !== '') return null;
  url.hash = '';
  // `/a?` asks the server for what `/a` asks for.
  if (url.search === '') url.search = '';
  return url.href.length > crawlUrlCharacters ? null : url.href;
}

/** Scheme, host and port. */
export function originOf(address: string): string {
  return new URL(address).origin;
}

/** Host and port: http and https of one name on their own ports are two. */
export function isSameSite(address: string, site: string): boolean {
  const [one, other] = [new URL(address), new URL(site)];
  return one.hostname === other.hostname && portOf(one) === portOf(other);
}

/**
 * Whether both are of one host or one registrable domain, as `example.com` and `www.example.com` are, whatever the ports.
 * What stands under a suffix that is shared by strangers (`github.io`) is not of one.
 */
export function isSameDomain(address: string, site: string): boolean {
  const [one, other] = [new URL(address).hostname, new URL(site).hostname];
  if (one === other) return true;
  const domain = getDomain(one, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}
