import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payloadBytesMax } from '../../protocol/limits.ts';
import { folderBlobStore } from './folder-blob-store.ts';
import { folderName } from './folder-name.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-blobs-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('what was put is read back with its length and media type', async () => {
  const store = folderBlobStore(join(root, 'a'));
  const blob = await store.put('run-1', bytesOf('hello'), 'text/plain; charset="utf-8"');
  expect(blob).toMatchObject({ bytes: 5, type: 'text/plain; charset="utf-8"' });
  expect(await store.stat('run-1', blob.ref)).toEqual(blob);
  expect(new TextDecoder().decode(await store.get('run-1', blob.ref))).toBe('hello');
});

test('any bytes and any range of them come back as they were', async () => {
  const store = folderBlobStore(join(root, 'any'));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.nat(), fc.nat(), async (bytes, a, b) => {
      const { ref } = await store.put('r', bytes, 'application/octet-stream');
      const ends = [a % (bytes.length + 1), b % (bytes.length + 1)];
      const [from, to] = [Math.min(...ends), Math.max(...ends)];
      expect(await store.get('r', ref, { from, to })).toEqual(new Uint8Array(bytes.subarray(from, to)));
    }),
    { numRuns: 50 },
  );
});

test('the same bytes are one blob in a run, another under another media type, and another in another run', async () => {
  const store = folderBlobStore(join(root, 'same'));
  const first = await store.put('r', bytesOf('x'), 'text/plain');
  expect(await store.put('r', bytesOf('x'), 'text/plain')).toEqual(first);
  const typed = await store.put('r', bytesOf('x'), 'text/html');
  expect(typed.ref).not.toBe(first.ref);
  await expect(store.get('other', first.ref)).rejects.toMatchObject({ code: 'blob_not_found' });
});

test('twenty writers of one blob at once all succeed and leave one file', async () => {
  const store = folderBlobStore(join(root, 'many'));
  const refs = await Promise.all(Array.from({ length: 20 }, () => store.put('r', bytesOf('same'), 'text/plain')));
  expect(new Set(refs.map(({ ref }) => ref)).size).toBe(1);
  expect(readdirSync(join(root, 'many', folderName('r')))).toEqual([refs[0]?.ref]);
});

test('a blob of 50 MiB is taken, a byte more is body_too_large', async () => {
  const store = folderBlobStore(join(root, 'large'));
  const blob = await store.put('r', new Uint8Array(payloadBytesMax), 'application/octet-stream');
  expect((await store.get('r', blob.ref)).byteLength).toBe(payloadBytesMax);
  await expect(store.put('r', new Uint8Array(payloadBytesMax + 1), 'text/plain')).rejects.toMatchObject({
    code: 'body_too_large',
  });
});

test.each(['../../etc/passwd', 'x/../../y', '', '.', 'A'.repeat(73), `${'0'.repeat(64)}-0000000g`, 'a\0b'])(
  'a reference that the store has not made is not found: %j',
  async (ref) => {
    const store = folderBlobStore(join(root, 'refs'));
    await expect(store.get('r', ref)).rejects.toMatchObject({ code: 'blob_not_found' });
    await expect(store.stat('r', ref)).rejects.toMatchObject({ code: 'blob_not_found' });
    await expect(store.delete('r', ref)).resolves.toBeUndefined();
  },
);

test.each(['', ' text/plain', 'text/plain\n', 'x'.repeat(201), 'text/ü'])(
  'a media type that is none is refused: %j',
  async (type) => {
    const store = folderBlobStore(join(root, 'types'));
    await expect(store.put('r', bytesOf('x'), type)).rejects.toMatchObject({ code: 'invalid_request' });
  },
);

test.each([
  { from: 0, to: 6 },
  { from: 4, to: 3 },
  { from: -1, to: 2 },
  { from: Number.NaN, to: 2 },
])('a range outside the blob is range_not_satisfiable: %j', async (range) => {
  const store = folderBlobStore(join(root, 'ranges'));
  const { ref } = await store.put('r', bytesOf('hello'), 'text/plain');
  await expect(store.get('r', ref, range)).rejects.toMatchObject({ code: 'range_not_satisfiable' });
});

test('a deleted blob is not found', async () => {
  const store = folderBlobStore(join(root, 'gone'));
  const { ref } = await store.put('r', bytesOf('x'), 'text/plain');
  await store.delete('r', ref);
  await expect(store.get('r', ref)).rejects.toMatchObject({ code: 'blob_not_found' });
});

test('runs whose ids differ only in case, or in what file systems forbid, have folders of their own', () => {
  const ids = ['a:b', 'a.b', 'a-b', 'A:b', 'a:B', 'con', 'CON', 'x'.repeat(200), `${'x'.repeat(199)}y`];
  const names = ids.map((id) => folderName(id).toLowerCase());
  expect(new Set(names).size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,90}$/);
});

test('the folder of a run is made by the first blob, with nothing beside its files', async () => {
  const store = folderBlobStore(join(root, 'deep', 'er'));
  const { ref } = await store.put('scam:1.2', bytesOf('x'), 'text/plain');
  expect(statSync(join(root, 'deep', 'er', folderName('scam:1.2'), ref)).isFile()).toBe(true);
});
