import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedOverheadBytes } from '../protocol/limits.ts';
import { KeyRing, parseKeyRing } from '../stores/encryption/key-ring.ts';
import { PayloadEncryption } from './payload-encryption.ts';

const oldKey = { id: 'a'.repeat(64), bytes: randomBytes(32) };
const newKey = { id: 'new', bytes: randomBytes(32) };
const before = new PayloadEncryption(new KeyRing([oldKey]));
const after = new PayloadEncryption(new KeyRing([newKey, oldKey]));
const off = new PayloadEncryption(new KeyRing());

const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (payload: Payload): unknown => defaultPayloadConverter.fromPayload(payload);

function altered(payload: Payload, at: number): Payload {
  const data = Buffer.from(payload.data ?? []);
  data.writeUInt8(data.readUInt8(at) ^ 1, at);
  return { ...payload, data };
}

describe('PayloadEncryption', () => {
  it('gives back what it took, with no word of it in between, and stays below its overhead', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = payloadOf({ planted: value, word: 'albatross' });
        const sealed = before.seal(plain);
        expect(Buffer.from(sealed.data ?? []).includes('albatross')).toBe(false);
        expect((sealed.data ?? []).length - (plain.data ?? []).length).toBeLessThan(sealedOverheadBytes - 200);
        expect(valueOf(before.open(sealed))).toEqual(JSON.parse(JSON.stringify({ planted: value, word: 'albatross' })));
      }),
      { numRuns: 100 },
    );
  });

  it('encrypts the same value differently each time', () => {
    expect(before.seal(payloadOf(1)).data).not.toEqual(before.seal(payloadOf(1)).data);
  });

  it('reads with every key, writes with the first, and leaves what is plain as it is', async () => {
    const old = before.seal(payloadOf('old'));
    const plain = payloadOf('plain');
    const decoded = await after.decode([old, plain, ...(await after.encode([payloadOf('new')]))]);
    expect(decoded.map(valueOf)).toEqual(['old', 'plain', 'new']);
    expect(() => before.open(after.seal(payloadOf('new')))).toThrow(/the key new,/);
  });

  it('throws where the key is missing, for then it will be readable once the key is there', async () => {
    await expect(off.decode([before.seal(payloadOf(1))])).rejects.toMatchObject({ code: 'key_missing' });
  });

  it('leaves one that was altered unread, whatever was altered', async () => {
    const sealed = before.seal(payloadOf({ some: 'text' }));
    const length = sealed.data?.length ?? 0;
    const relabelled = { ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('new') } };
    const cut = { ...sealed, data: (sealed.data ?? new Uint8Array()).subarray(0, 20) };
    const none = { metadata: sealed.metadata ?? {} };
    for (const bad of [altered(sealed, 0), altered(sealed, 15), altered(sealed, length - 1), relabelled, cut, none]) {
      expect(() => after.open(bad)).toThrow(/was altered/);
      expect(await after.decode([bad])).toEqual([bad]);
    }
  });
});

describe('parseKeyRing', () => {
  it('refuses what is none, and never says what it was', () => {
    const good = randomBytes(32).toString('base64');
    for (const bad of ['', 'k', `k:${good}x`, `k ${good}`, `k:${good},k:${good}`, `k:${good.slice(4)}`]) {
      expect(() => parseKeyRing(bad)).toThrow();
      try {
        parseKeyRing(bad);
      } catch (error) {
        expect(String(error)).not.toContain(good.slice(8, 20));
      }
    }
    expect(parseKeyRing(` a:${good} , b.2:${randomBytes(32).toString('base64url')}`).first?.id).toBe('a');
  });
});
