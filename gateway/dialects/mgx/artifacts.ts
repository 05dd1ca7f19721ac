/** Artifacts as clients see them: with the address that gives their bytes. */
import type { BlobRef } from '../../../protocol/schemas/event.ts';

export function artifactPayload(run: string, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { name, content, media_type: type, stored } = data;
  return {
    name,
    content,
    media_type: type,
    ...(isBlob(stored) ? { bytes: stored.bytes, url: addressOf(run, stored) } : {}),
  };
}

/** null for a result that is no object. */
export function resultOf(run: string, result: unknown): Record<string, unknown> | null {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  const { artifacts, ...rest } = result as Record<string, unknown>;
  if (!Array.isArray(artifacts)) return { ...rest };
  return { ...rest, artifacts: artifacts.flatMap((artifact) => shown(run, artifact)) };
}

function shown(run: string, artifact: unknown): Record<string, unknown>[] {
  const { name, blob } = (artifact ?? {}) as Record<string, unknown>;
  if (!isBlob(blob)) return [];
  return [{ name, media_type: blob.type, bytes: blob.bytes, url: addressOf(run, blob) }];
}

function addressOf(run: string, { ref }: BlobRef): string {
  return `/v1/runs/${encodeURIComponent(run)}/blobs/${encodeURIComponent(ref)}`;
}

function isBlob(value: unknown): value is BlobRef {
  return typeof (value as BlobRef | null | undefined)?.ref === 'string';
}
