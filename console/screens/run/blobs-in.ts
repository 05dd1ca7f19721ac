import type { BlobRef } from '../../../client/index.ts';
import { isBlobRef } from '../../parts/viewers/views.ts';

const depthMax = 12;

export interface FoundBlob {
  /** That leads to it. */
  path: string;
  /** As stands beside the reference; null where nothing does. */
  name: string | null;
  blob: BlobRef;
}

/** Every blob that is referred to within a value, each once. Pure. */
export function blobsIn(value: unknown): FoundBlob[] {
  const found = new Map<string, FoundBlob>();
  const look = (each: unknown, path: string, name: string | null, depth: number): void => {
    if (depth > depthMax || typeof each !== 'object' || each === null) return;
    if (isBlobRef(each)) {
      if (!found.has(each.ref)) found.set(each.ref, { path, name, blob: each });
      return;
    }
    const own = 'name' in each && typeof each.name === 'string' ? each.name : null;
    for (const [key, inner] of Object.entries(each)) look(inner, path === '' ? key : `${path}.${key}`, own, depth + 1);
  };
  look(value, '', null, 0);
  return [...found.values()];
}
