import type { BlobRef } from '../../../client/index.ts';
import { client } from '../../app/client.ts';

/** The whole of it, as a file. */
export async function readBlob(run: string, { ref, type }: BlobRef, signal?: AbortSignal): Promise<Blob> {
  const { bytes } = await client.blob(run, ref, signal ? { signal } : {});
  const whole = await new Response(bytes).blob();
  return whole.slice(0, whole.size, type);
}

/** Its first bytes, as text. What is cut in the middle of a character ends before it. */
export async function readBlobText(
  run: string,
  { ref }: BlobRef,
  { bytes: most, signal }: { bytes: number; signal: AbortSignal },
): Promise<string> {
  const { bytes } = await client.blob(run, ref, { range: { from: 0, to: most - 1 }, signal });
  const buffer = await new Response(bytes).arrayBuffer();
  return new TextDecoder().decode(buffer, { stream: true });
}
