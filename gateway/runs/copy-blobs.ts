import { blobRefSchema, type BlobRef } from '../../protocol/schemas/event.ts';
import type { BlobStore } from '../../stores/blobs/blob-store.ts';

/**
 * A blob belongs to one run: what a fork's state points at is copied into the fork. The same bytes of the same type have
 * the same reference, so the state stays as it is.
 */
export async function copyBlobs(store: BlobStore, from: string, to: string, state: unknown): Promise<void> {
  for (const { ref, type } of blobsOf(state)) await store.put(to, await store.get(from, ref), type);
}

/** Every stored blob in the value; references into the log itself (`event-12`) are not stored. */
function* blobsOf(value: unknown): Generator<BlobRef> {
  if (typeof value !== 'object' || value === null) return;
  const blob = 'blob' in value ? blobRefSchema.safeParse(value.blob) : null;
  if (blob?.success && !blob.data.ref.startsWith('event-')) yield blob.data;
  for (const inner of Object.values(value)) yield* blobsOf(inner);
}
