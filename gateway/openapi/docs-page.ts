/** The OpenAPI document as one page: no resource from elsewhere, and none of its own besides itself. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const template = readFileSync(new URL('docs-page.html', import.meta.url), 'utf8');
const script = /<script type="module">([\s\S]*?)<\/script>/.exec(template)?.[1] ?? '';

/** Runs this page's script and no other, and reaches this gateway and no other. */
export const docsPolicy = [
  "default-src 'none'",
  "connect-src 'self'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `document` is JSON. */
export function docsPage(document: string): string {
  // Text of a script element must not close it.
  return template.replace('"OPENAPI"', () => document.replaceAll('<', '\\u003c'));
}
