/**
 * Data over the limit is cut: small keys stay, the rest stands in a blob, and `preview` shows how it begins.
 * Plain and pure: workflow, activity and projection cut alike.
 */
import { eventDataBytes, previewCharacters } from './limits.ts';
import type { BlobRef } from './schemas/event.ts';

/** Keys of at most this many bytes stay beside the preview, so that readers still see kinds, names and counts. */
const keptKeyBytes = 1_024;
const keptBytes = 8 * 1_024;

/** UTF-8 length. No TextEncoder: the workflow sandbox may run this. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
    // A surrogate pair is 4 bytes in all: 2 units, of which the first has counted 3.
    if (unit >= 0xd800 && unit <= 0xdbff && index + 1 < text.length) {
      const next = text.charCodeAt(index + 1);
      if (next >= 0xdc00 && next <= 0xdfff) index++;
    }
  }
  return bytes;
}

/** True where the JSON of the data is over the limit of an event. */
export function isOversize(json: string, limitBytes: number = eventDataBytes): boolean {
  if (json.length > limitBytes) return true;
  return json.length * 3 > limitBytes && byteLength(json) > limitBytes;
}

/** What stands in the place of data whose JSON has been stored under `blob`. */
export function cutData(data: Record<string, unknown>, json: string, blob: BlobRef): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    const size = byteLength(JSON.stringify(value) ?? '') + key.length;
    if (size > keptKeyBytes || bytes + size > keptBytes) continue;
    kept[key] = value;
    bytes += size;
  }
  return { ...kept, preview: json.slice(0, previewCharacters), blob };
}

/** The name under which the whole data of an event in the log can be fetched, where the log itself holds it. */
export function eventBlobRef(seq: number): string {
  return `event-${seq}`;
}

/** Cuts the data of an event that the log itself holds whole. */
export function cutLoggedData(seq: number, data: Record<string, unknown>): Record<string, unknown> {
  const json = JSON.stringify(data);
  if (!isOversize(json)) return data;
  return cutData(data, json, { ref: eventBlobRef(seq), bytes: byteLength(json), type: 'application/json' });
}
