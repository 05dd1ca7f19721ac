/** Signatures of webhooks as https://www.standardwebhooks.com has them: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';
const secretPattern = /^[A-Za-z0-9+/]+={0,2}$/;
const secretBytes = { min: 24, max: 64 } as const;

/**
 * Comma list of `whsec_` and base64 of 24 to 64 bytes. What is sent is signed with each, so that a receiver may change
 * from one to the next. Throws an error that says which entry is wrong, and never what it is.
 */
export function parseWebhookSecrets(text: string): Uint8Array[] {
  return text.split(',').map((entry, index) => {
    const word = entry.trim();
    const encoded = word.startsWith(prefix) ? word.slice(prefix.length) : word;
    const bytes = secretPattern.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
    if (bytes.length < secretBytes.min || bytes.length > secretBytes.max)
      throw new Error(`entry ${index + 1} is not ${prefix} and the base64 of 24 to 64 bytes`);
    return bytes;
  });
}

/** `at` in epoch milliseconds. */
export function signatureHeaders(
  secrets: readonly Uint8Array[],
  { id, at, body }: { id: string; at: number; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const sign = (secret: Uint8Array) =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') };
}
