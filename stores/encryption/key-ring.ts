/** The keys that data at rest is encrypted with. The first one encrypts, all of them decrypt: so keys are rotated. */
import { BatonError } from '../../protocol/errors.ts';

export interface EncryptionKey {
  /** Stands in the clear beside what the key has encrypted. */
  id: string;
  /** 32 bytes: AES-256. */
  bytes: Uint8Array;
}

const entryPattern = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/;

export class KeyRing {
  /** null: nothing is encrypted. */
  readonly first: EncryptionKey | null;
  private readonly keys: ReadonlyMap<string, EncryptionKey>;

  constructor(keys: readonly EncryptionKey[] = []) {
    this.first = keys[0] ?? null;
    this.keys = new Map(keys.map((key) => [key.id, key]));
  }

  /** Errors: key_missing. */
  find(id: string): EncryptionKey {
    const key = this.keys.get(id);
    if (key) return key;
    const name = id.slice(0, 80);
    throw new BatonError('key_missing', `encrypted with the key ${name}, which BATON_ENCRYPTION_KEYS does not have`, {
      key: name,
    });
  }
}

/**
 * `id:key,id:key`, each key the base64 of 32 bytes. Throws an error that says what is wrong with which entry, and never
 * what the entry is.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = text.split(',').map((entry, index): EncryptionKey => {
    const [, id, encoded] = entryPattern.exec(entry.trim()) ?? [];
    if (id === undefined || encoded === undefined)
      throw new Error(`entry ${index + 1} is not id:key with an id of letters, digits, . _ - and 32 bytes as base64`);
    return { id, bytes: Buffer.from(encoded, 'base64') };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('two keys have the same id');
  return new KeyRing(keys);
}
