import type { BlobRef, RunEvent } from '../../protocol/schemas/event.ts';
import type { Runs } from '../engine.ts';

/** The event with its whole data, read from the blob that stands in its place. Errors: blob_not_found. */
export async function wholeEvent(runs: Pick<Runs, 'blob'>, run: string, event: RunEvent): Promise<RunEvent> {
  const { ref } = event.data['blob'] as BlobRef;
  const found = await runs.blob(run, ref);
  const text = Buffer.from(await found.read(0, found.blob.bytes)).toString('utf8');
  return { ...event, data: JSON.parse(text) as Record<string, unknown> };
}
