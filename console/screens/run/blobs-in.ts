import type { BlobRef } from '../../../client/index.ts';
import { isBlobRef } from '../../parts/viewers/views.ts';

const depthMax = 12;

/** Every blob that is referred to within a value, each once, with the path that leads to it. Pure. */
export function blobsIn(value: unknown): { path: string; blob: BlobRef }[] {
  const found = new Map<string, { path: string; blob: BlobRef }>();
  const look = (each: unknown, path: string, depth: number): void => {
    if (depth > depthMax || typeof each !== 'object' || each === null) return;
    if (isBlobRef(each)) {
      if (!found.has(each.ref)) found.set(each.ref, { path, blob: each });
      return;
    }
    for (const [key, inner] of Object.entries(each)) look(inner, path === '' ? key : `${path}.${key}`, depth + 1);
  };
  look(value, '', 0);
  return [...found.values()];
}
