/**
 * Which web pages may talk to the gateway: its own, loopback's, and those of `CORS_ORIGINS`; requests without an Origin
 * come from no page. Where no token protects the gateway the Host must be loopback's too: a name that was made to
 * point here (DNS rebinding) would otherwise make a foreign page its own. `*` means every page, where a token is needed.
 */
import { isLoopbackHost } from './loopback.ts';

export interface OriginRule {
  corsOrigins: readonly string[];
  authenticationOn: boolean;
}

export function isOriginAllowed(origin: string, host: string, rule: OriginRule): boolean {
  if (!rule.authenticationOn && !isHostTrusted(host, rule)) return false;
  if (origin === '' || rule.corsOrigins.includes(origin)) return true;
  if (rule.authenticationOn && rule.corsOrigins.includes('*')) return true;
  const url = parseOrigin(origin);
  return url !== null && (url.host === host.toLowerCase() || isLoopbackHost(url.hostname));
}

function isHostTrusted(host: string, rule: OriginRule): boolean {
  const url = parseOrigin(`http://${host}`);
  if (url === null) return false;
  return isLoopbackHost(url.hostname) || rule.corsOrigins.some((origin) => parseOrigin(origin)?.host === url.host);
}

/** null for `null`, which is what sandboxed pages send, and for whatever is no origin. */
function parseOrigin(origin: string): URL | null {
  return URL.canParse(origin) ? new URL(origin) : null;
}
