/** Values too large for the history are stored; `{preview, blob}` stands in their place. */
import { byteLength, cutData, isOversize } from '../../protocol/cut-data.ts';
import { BatonError } from '../../protocol/errors.ts';
import { previewCharacters } from '../../protocol/limits.ts';
import { storedDataSchema, type StoredData } from '../../protocol/schemas/event.ts';
import type { BlobStore } from './blob-store.ts';

const jsonType = 'application/json';

/** The data of an event as it goes into the log: itself if its UTF-8 JSON is at most 32 KiB, else cut, the whole stored. */
export async function storeEventData(
  store: BlobStore,
  run: string,
  data: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const json = JSON.stringify(data);
  if (!isOversize(json)) return data;
  return cutData(data, json, await store.put(run, Buffer.from(json), jsonType));
}

/** Any other value (a result): itself, or exactly `{preview, blob}`. `bytes` is the length of its whole JSON. */
export async function storeValue(
  store: BlobStore,
  run: string,
  value: unknown,
): Promise<{ value: unknown; bytes: number }> {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return { value: null, bytes: 4 };
  if (!isOversize(json)) return { value, bytes: byteLength(json) };
  const bytes = Buffer.from(json);
  const blob = await store.put(run, bytes, jsonType);
  return { value: { preview: firstCharacters(json, previewCharacters), blob }, bytes: bytes.byteLength };
}

/** The opposite of `storeValue`; anything else is returned as it is. Errors: blob_not_found. */
export async function resolveValue(store: BlobStore, run: string, value: unknown): Promise<unknown> {
  const stored = asStoredData(value);
  if (stored === null) return value;
  const bytes = await store.get(run, stored.blob.ref);
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown;
}

/** Whether what was stored is not there any more, or no JSON: lost for good. A store that fails for a moment is asked again. */
export function isLost(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof BatonError && error.code === 'blob_not_found');
}

/** Only what `storeValue` has made: no key more, and JSON behind it. */
export function asStoredData(value: unknown): StoredData | null {
  if (typeof value !== 'object' || value === null || !('blob' in value) || Object.keys(value).length !== 2) return null;
  const parsed = storedDataSchema.safeParse(value);
  return parsed.success && parsed.data.blob.type === jsonType ? parsed.data : null;
}

/** Never half a surrogate pair at the end. */
function firstCharacters(text: string, count: number): string {
  const cut = text.slice(0, count);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
