import type { Client } from '@temporalio/client';
import { Projection } from '../../gateway/history/projection.ts';
import { readRecorded } from '../../gateway/history/recorded.ts';
import { BatonError } from '../../protocol/errors.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../../runtime/data-converter.ts';

/** The fold of a run's newest execution up to its closing event, which the workflow itself never sees. */
export async function stateBeforeEnd(client: Client, config: Config, run: string): Promise<RunState> {
  const decoding = {
    decode: payloadDecoder(createDataConverter(config)),
    // What noise names is nowhere, as a gateway's store would say.
    readStored: ({ ref }: { ref: string }) =>
      Promise.reject(new BatonError('blob_not_found', `there is no blob ${ref}`)),
  };
  const projection = new Projection({ run });
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  for (const event of events ?? []) {
    const recorded = await readRecorded(event, decoding);
    if (recorded && recorded.kind !== 'closed') projection.take(recorded);
  }
  return JSON.parse(JSON.stringify(projection.state)) as RunState;
}
