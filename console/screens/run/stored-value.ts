/** Values that are too large for the log: what stands in their place. Pure. */
import type { BlobRef } from '../../../client/index.ts';

export interface StoredValue {
  preview: string;
  blob: BlobRef;
}

/** Null: the value stands there itself. */
export function storedIn(value: unknown): StoredValue | null {
  if (!isObject(value) || !isBlobRef(value['blob'])) return null;
  return { preview: typeof value['preview'] === 'string' ? value['preview'] : '', blob: value['blob'] };
}

const depthMax = 12;

/** Every blob that is referred to within a value, each once, with the path that leads to it. */
export function blobsIn(value: unknown): { path: string; blob: BlobRef }[] {
  const found = new Map<string, { path: string; blob: BlobRef }>();
  const look = (each: unknown, path: string, depth: number): void => {
    if (depth > depthMax || !(isObject(each) || Array.isArray(each))) return;
    if (isBlobRef(each)) {
      if (!found.has(each.ref)) found.set(each.ref, { path, blob: each });
      return;
    }
    for (const [key, inner] of Object.entries(each)) look(inner, path === '' ? key : `${path}.${key}`, depth + 1);
  };
  look(value, '', 0);
  return [...found.values()];
}

function isBlobRef(value: unknown): value is BlobRef {
  return (
    isObject(value) &&
    typeof value['ref'] === 'string' &&
    typeof value['bytes'] === 'number' &&
    typeof value['type'] === 'string'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
