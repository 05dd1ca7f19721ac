/** What the console's page may do: run its own scripts, reach its own gateway, and the identity provider where there is one. */
import { randomBytes } from 'node:crypto';

/** Where browsers report what the policy has kept from happening. */
export const reportPath = '/console/csp-reports';

/** `identityOrigins`: of the OpenID provider. */
export function pagePolicy(nonce: string, identityOrigins: readonly string[]): string {
  const reached = ["'self'", ...identityOrigins].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Components that stop the page from scrolling behind a dialog add a style element of their own.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${reached}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `report-uri ${reportPath}`,
  ].join('; ');
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}
