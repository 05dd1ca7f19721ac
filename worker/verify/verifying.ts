/** Verification as the agent uses it. Put together with the first one: a worker without any pays nothing. */
import type { Client } from '@temporalio/client';
import type { VerifyPort } from '../../agents/verify/verify-port.ts';
import type { OpsPort } from '../../agents/bulk/ops-port.ts';
import { createDataConverter, payloadDecoder, type PayloadDecoder } from '../../runtime/data-converter.ts';
import { connectTemporal } from '../../runtime/temporal-connection.ts';
import { temporalCallMs } from '../../protocol/limits.ts';
import { Replayer, type ReplayerParts } from './replayer.ts';
import { verifyRuns } from './verify-runs.ts';

interface Opened {
  client: Client;
  decode: PayloadDecoder;
  replayer: Replayer;
}

export function verifying(parts: ReplayerParts, { select }: Pick<OpsPort, 'select'>): VerifyPort {
  let opening: Promise<Opened> | null = null;
  const opened = () =>
    (opening ??= open(parts).catch((error: unknown) => {
      opening = null;
      throw error;
    }));
  return {
    select,
    async *verify(runs, signal) {
      yield* verifyRuns(runs, { ...(await opened()), signal });
    },
    close: async () => {
      const closing = opening;
      opening = null;
      const closed = await closing?.catch(() => null);
      await closed?.replayer.close();
      await closed?.client.connection.close();
    },
  };
}

async function open(parts: ReplayerParts): Promise<Opened> {
  const dataConverter = createDataConverter(parts.config);
  const replayer = await Replayer.open(parts);
  const client = connectTemporal(parts.config, dataConverter, { callMs: temporalCallMs });
  return { replayer, client, decode: payloadDecoder(dataConverter) };
}
