import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sealedChunkBytes } from '../../protocol/limits.ts';
import { KeyRing } from './key-ring.ts';
import { openSealedFile, sealedFileBytes, sealedHeaderBytes, sealFile } from './sealed-file.ts';

const key = { id: 'k1', bytes: randomBytes(32) };
const keys = new KeyRing([key]);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-sealed-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function reading<T>(
  bytes: Uint8Array,
  use: (opened: Awaited<ReturnType<typeof openSealedFile>>) => Promise<T>,
  { name = 'name', ring = keys }: { name?: string; ring?: KeyRing } = {},
): Promise<T> {
  const path = join(root, 'file');
  await writeFile(path, bytes);
  const file = await open(path, 'r');
  try {
    return await use(await openSealedFile(file, name, ring));
  } finally {
    await file.close();
  }
}

it('any range of a sealed file is that range of its content', async () => {
  const lengths = fc.constantFrom(0, 1, sealedChunkBytes - 1, sealedChunkBytes, sealedChunkBytes + 1, 200_001);
  await fc.assert(
    fc.asyncProperty(lengths, fc.nat(1_000), fc.nat(1_000), async (length, a, b) => {
      const content = randomBytes(length);
      const [from, to] = [a, b].map((part) => Math.floor((part * length) / 1_000)).toSorted((x, y) => x - y) as [
        number,
        number,
      ];
      const sealed = sealFile(key, 'name', content);
      expect(sealed.byteLength).toBe(sealedFileBytes(length));
      await reading(sealed, async (opened) => {
        expect(opened).toMatchObject({ bytes: length, isSealed: true });
        expect(Buffer.from(await opened.read(from, to - from))).toEqual(content.subarray(from, to));
      });
    }),
    { numRuns: 60 },
  );
});

it('one that was altered anywhere, cut, lengthened or renamed is not read', async () => {
  const content = randomBytes(sealedChunkBytes * 2 + 10);
  const sealed = Buffer.from(sealFile(key, 'name', content));
  const whole = (bytes: Uint8Array, name = 'name') =>
    reading(bytes, (opened) => opened.read(0, opened.bytes), { name });
  await expect(whole(sealed)).resolves.toHaveLength(content.length);
  const unreadable = { code: 'payload_unreadable' };
  for (const at of [80, sealedHeaderBytes - 1, sealedHeaderBytes, sealed.length - 1]) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    await expect(whole(altered), `byte ${at}`).rejects.toMatchObject(unreadable);
  }
  await expect(whole(sealed.subarray(0, -1))).rejects.toMatchObject(unreadable);
  await expect(whole(sealed.subarray(0, 20))).rejects.toMatchObject(unreadable);
  await expect(whole(Buffer.concat([sealed, Buffer.of(0)]))).rejects.toMatchObject(unreadable);
  await expect(whole(sealed, 'another')).rejects.toMatchObject(unreadable);
  const [first, second] = [0, 1].map((index) => {
    const from = sealedHeaderBytes + index * (sealedChunkBytes + 16);
    return sealed.subarray(from, from + sealedChunkBytes + 16);
  }) as [Buffer, Buffer];
  const rest = sealed.subarray(sealedHeaderBytes + 2 * (sealedChunkBytes + 16));
  const swapped = Buffer.concat([sealed.subarray(0, sealedHeaderBytes), second, first, rest]);
  await expect(whole(swapped)).rejects.toMatchObject(unreadable);
});

it('says which key is missing, and reads a plain file as it is', async () => {
  const read = (bytes: Uint8Array) => reading(bytes, (opened) => opened.read(0, 5), { ring: new KeyRing() });
  await expect(read(sealFile(key, 'name', Buffer.from('hello')))).rejects.toMatchObject({
    code: 'key_missing',
    message: expect.stringContaining('k1') as unknown,
  });
  await expect(read(Buffer.from('hello')).then(String)).resolves.toBe('hello');
});
