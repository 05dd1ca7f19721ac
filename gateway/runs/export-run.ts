import type { Readable } from 'node:stream';
import { payloadOpener } from '../../runtime/data-converter.ts';
import { bundleStream, executionsOf } from '../bundle/write-bundle.ts';
import type { ReadTimeline } from '../timeline/run-timeline.ts';
import type { RunContext } from './run-context.ts';

/** Errors: run_not_found, key_missing: both before the first byte. */
export async function exportRun(
  context: RunContext,
  run: string,
  { redacts, timeline }: { redacts: boolean; timeline: ReadTimeline },
): Promise<Readable> {
  const { reading, blobs, client } = context;
  // Reads all of it once: what cannot be decrypted is found before anything is sent.
  const { blueprint, status, forks, now } = await timeline(run, { after: 0, limit: 1 });
  const { runId } = await reading.service.describe(run);
  return bundleStream({
    run,
    blueprint,
    runIds: await executionsOf(reading, run, runId),
    now: { isStuck: status === 'stuck', pending: now.pending, forks },
    reading,
    blobs,
    open: payloadOpener(client.options.loadedDataConverter),
    redacts,
  });
}
