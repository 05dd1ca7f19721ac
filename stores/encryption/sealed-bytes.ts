/** What is short and encrypted whole: nonce 12 │ content │ tag 16. AES-256-GCM with a random nonce. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import type { EncryptionKey } from './key-ring.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `boundTo`: what it stands beside; with another it cannot be opened. */
export function sealBytes(key: EncryptionKey, boundTo: string, content: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key.bytes, nonce).setAAD(Buffer.from(boundTo));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** `what` it is, as the error says it. Errors: payload_unreadable. */
export function openBytes(
  key: EncryptionKey,
  boundTo: string,
  { sealed, what }: { sealed: Uint8Array; what: string },
): Buffer {
  try {
    const tagAt = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, key.bytes, sealed.subarray(0, nonceBytes)).setAAD(
      Buffer.from(boundTo),
    );
    decipher.setAuthTag(sealed.subarray(tagAt));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()]);
  } catch (error) {
    throw new BatonError(
      'payload_unreadable',
      `an encrypted ${what} was altered, or is not whole`,
      {},
      { cause: error },
    );
  }
}
