/**
 * Encrypts every Temporal payload: AES-256-GCM with a random nonce. What the server sees is
 * `{metadata: {encoding: binary/encrypted, encryption-key-id}, data: nonce 12 │ sealed Payload │ tag 16}`.
 * Without keys nothing is encrypted, and what is encrypted still isn't taken for something else.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { BatonError } from '../protocol/errors.ts';
import type { EncryptionKey, KeyRing } from '../stores/encryption/key-ring.ts';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const encoding = Buffer.from('binary/encrypted');
const keyIdName = 'encryption-key-id';
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export class PayloadEncryption implements PayloadCodec {
  private readonly keys: KeyRing;

  constructor(keys: KeyRing) {
    this.keys = keys;
  }

  /** Whether anything that is written now is encrypted. */
  get isOn(): boolean {
    return this.keys.first !== null;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.seal(payload)));
  }

  /**
   * One that was altered stays as it is: no converter reads it, and a workflow takes it for null instead of failing
   * for ever. A missing key throws: the task is tried again until the key is there.
   */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      try {
        return this.open(payload);
      } catch (error) {
        if (error instanceof BatonError && error.code === 'payload_unreadable') return payload;
        throw error;
      }
    });
  }

  seal(payload: Payload): Payload {
    const { first } = this.keys;
    if (first === null) return payload;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, first.bytes, nonce).setAAD(boundTo(first));
    const sealed = cipher.update(PayloadMessage.encode(payload).finish());
    return {
      metadata: { encoding, [keyIdName]: Buffer.from(first.id) },
      data: Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]),
    };
  }

  /** A payload that is not encrypted is returned as it is. Errors: key_missing, payload_unreadable. */
  open(payload: Payload): Payload {
    if (!isEncrypted(payload)) return payload;
    const key = this.keys.find(Buffer.from(payload.metadata?.[keyIdName] ?? []).toString('utf8'));
    const data = payload.data ?? new Uint8Array();
    try {
      const tagAt = data.length - tagBytes;
      const decipher = createDecipheriv(algorithm, key.bytes, data.subarray(0, nonceBytes)).setAAD(boundTo(key));
      decipher.setAuthTag(data.subarray(tagAt));
      const opened = decipher.update(data.subarray(nonceBytes, tagAt));
      return PayloadMessage.decode(Buffer.concat([opened, decipher.final()]));
    } catch (error) {
      throw new BatonError(
        'payload_unreadable',
        'an encrypted payload was altered, or is not whole',
        {},
        { cause: error },
      );
    }
  }
}

export function isEncrypted({ metadata }: Payload): boolean {
  const found = metadata?.['encoding'];
  return found?.length === encoding.length && encoding.equals(found);
}

/** What is sealed says whose key it was sealed with, and as what. */
function boundTo({ id }: EncryptionKey): Uint8Array {
  return Buffer.from(`baton payload ${id}`);
}
