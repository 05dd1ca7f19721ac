import { BatonError } from '../../protocol/errors.ts';
import { eventBlobRef } from '../../protocol/cut-data.ts';
import type { BlobRef } from '../../protocol/schemas/event.ts';
import { ExecutionReader, type ReadContext } from '../history/execution-reader.ts';
import type { RunContext } from './run-context.ts';

interface RunBlob {
  blob: BlobRef;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A blob that an agent stored, or the whole data of an event that the log itself holds (`event-12`). */
export async function runBlob(context: RunContext, run: string, ref: string): Promise<RunBlob> {
  const event = await eventBlob(context.reading, run, ref);
  if (event) return event;
  const blob = await context.blobs.stat(run, ref);
  return { blob, read: (from, to) => context.blobs.get(run, ref, { from, to }) };
}

/** null: it is no reference to an event. */
export async function eventBlob(reading: ReadContext, run: string, ref: string): Promise<RunBlob | null> {
  const seq = /^event-(\d{1,15})$/.exec(ref)?.[1];
  if (seq === undefined) return null;
  const bytes = await eventData(reading, run, Number(seq));
  const blob = { ref: eventBlobRef(Number(seq)), bytes: bytes.length, type: 'application/json' };
  return { blob, read: async (from, to) => bytes.subarray(from, to) };
}

async function eventData(reading: ReadContext, run: string, seq: number): Promise<Buffer> {
  let runId: string | null = (await reading.service.describe(run)).runId;
  while (runId !== null) {
    const reader: ExecutionReader = new ExecutionReader(reading, run, runId, { whole: true });
    for await (const events of reader.pages()) {
      const found = events.find((event) => event.seq === seq);
      if (found) return Buffer.from(JSON.stringify(found.data));
    }
    runId = reader.projection.firstSeq > seq ? reader.projection.predecessor : null;
  }
  throw new BatonError('blob_not_found', `run ${run} has no event ${seq}`, { run, seq });
}
