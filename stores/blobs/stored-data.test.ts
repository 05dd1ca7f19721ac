import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventDataBytes, previewCharacters } from '../../protocol/limits.ts';
import { folderBlobStore } from './folder-blob-store.ts';
import type { BlobStore } from './blob-store.ts';
import { asStoredData, resolveValue, storeEventData, storeValue } from './stored-data.ts';

let root: string;
let store: BlobStore;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'baton-data-'));
  store = folderBlobStore(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('data of exactly 32 KiB of UTF-8 JSON stays, a byte more is cut', async () => {
  const data = (letters: number) => ({ text: 'ü'.repeat(2) + 'x'.repeat(letters) });
  const room = eventDataBytes - Buffer.byteLength(JSON.stringify(data(0)));
  expect(await storeEventData(store, 'r', data(room))).toEqual(data(room));
  const cut = await storeEventData(store, 'r', data(room + 1));
  expect(cut).toMatchObject({ blob: { bytes: eventDataBytes + 1, type: 'application/json' } });
});

test('cut data keeps its small keys beside the preview, and the blob holds the whole', async () => {
  const data = { kind: 'page', url: 'https://a.example/', text: 'x'.repeat(100_000) };
  const cut = await storeEventData(store, 'r', data);
  expect(cut).toMatchObject({ kind: 'page', url: 'https://a.example/' });
  const blob = cut['blob'] as { ref: string };
  expect(JSON.parse(Buffer.from(await store.get('r', blob.ref)).toString())).toEqual(data);
});

test('any value comes back from what stands in its place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.nat(60_000), async (small, length) => {
      const value = { small, large: '\u{1F600}ü'.repeat(length / 4) };
      const stored = await storeValue(store, 'r', value);
      expect(stored.bytes).toBe(Buffer.byteLength(JSON.stringify(value)));
      expect(asStoredData(stored.value) !== null).toBe(stored.bytes > eventDataBytes);
      expect(JSON.stringify(await resolveValue(store, 'r', stored.value))).toBe(JSON.stringify(value));
    }),
    { numRuns: 40 },
  );
});

test('a preview never ends in half a character', async () => {
  const { value } = await storeValue(store, 'r', `${'x'.repeat(previewCharacters - 2)}${'\u{1F600}'.repeat(20_000)}`);
  expect(asStoredData(value)?.preview.isWellFormed()).toBe(true);
});

test('what only looks like stored data is left alone', async () => {
  const other = { preview: 'p', blob: { ref: 'x', bytes: 1, type: 'image/png' } };
  expect(await resolveValue(store, 'r', other)).toBe(other);
  const withMore = { preview: 'p', blob: { ref: 'x', bytes: 1, type: 'application/json' }, title: 't' };
  expect(await resolveValue(store, 'r', withMore)).toBe(withMore);
});

test('a result of nothing is null', async () => {
  expect(await storeValue(store, 'r', undefined)).toEqual({ value: null, bytes: 4 });
});
