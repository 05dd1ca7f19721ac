/** A short text, encrypted: nonce 12 │ content │ tag 16. AES-256-GCM with a random nonce. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import type { EncryptionKey } from './key-ring.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `boundTo`: what it stands beside; with another it cannot be opened. */
export function sealText(key: EncryptionKey, boundTo: string, text: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key.bytes, nonce).setAAD(Buffer.from(boundTo));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Errors: payload_unreadable. */
export function openText(key: EncryptionKey, boundTo: string, sealed: Uint8Array): string {
  try {
    const tagAt = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, key.bytes, sealed.subarray(0, nonceBytes)).setAAD(
      Buffer.from(boundTo),
    );
    decipher.setAuthTag(sealed.subarray(tagAt));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new BatonError('payload_unreadable', 'an encrypted text was altered, or is not whole', {}, { cause: error });
  }
}
