/** Addresses as the crawler keeps them: absolute, http or https, without fragment and credentials. */
import { crawlUrlCharacters } from '../../protocol/limits.ts';

/** null for what a crawl does not follow: other schemes, nonsense, credentials, overlong addresses. */
export function toAddress(href: string, base?: string): string | null {
  const url = URL.parse(href.trim(), base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (url.username !== '' || url.password !== '') return null;
  url.hash = '';
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

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}
