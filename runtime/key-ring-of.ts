import { KeyRing, parseKeyRing } from '../stores/encryption/key-ring.ts';
import type { Config } from './config.ts';

export function keyRingOf({ BATON_ENCRYPTION_KEYS: keys }: Partial<Pick<Config, 'BATON_ENCRYPTION_KEYS'>>): KeyRing {
  return keys === undefined ? new KeyRing() : parseKeyRing(keys);
}
