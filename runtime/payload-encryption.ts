/**
 * Encrypts every Temporal payload: AES-256-GCM with a random nonce. What the server sees is
 * `{metadata: {encoding: binary/encrypted, encryption-key-id}, data: nonce 12 │ sealed Payload │ tag 16}`.
 * Without keys nothing is encrypted, and what is encrypted still isn't taken for something else.
 */
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { BatonError } from '../protocol/errors.ts';
import type { EncryptionKey, KeyRing } from '../stores/encryption/key-ring.ts';
import { openBytes, sealBytes } from '../stores/encryption/sealed-bytes.ts';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const encoding = Buffer.from('binary/encrypted');
const keyIdName = 'encryption-key-id';

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
    return {
      metadata: { encoding, [keyIdName]: Buffer.from(first.id) },
      data: sealBytes(first, boundTo(first), PayloadMessage.encode(payload).finish()),
    };
  }

  /** A payload that is not encrypted is returned as it is. Errors: key_missing, payload_unreadable. */
  open(payload: Payload): Payload {
    if (!isEncrypted(payload)) return payload;
    const key = this.keys.find(Buffer.from(payload.metadata?.[keyIdName] ?? []).toString('utf8'));
    const sealed = payload.data ?? new Uint8Array();
    return PayloadMessage.decode(openBytes(key, boundTo(key), { sealed, what: 'payload' }));
  }
}

export function isEncrypted({ metadata }: Payload): boolean {
  const found = metadata?.['encoding'];
  return found?.length === encoding.length && encoding.equals(found);
}

/** What is sealed says whose key it was sealed with, and as what. */
function boundTo({ id }: EncryptionKey): string {
  return `baton payload ${id}`;
}
