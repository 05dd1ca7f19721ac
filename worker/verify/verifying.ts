/** Verification as a worker has it. Put together with the first one: a worker without any pays nothing. */
import type { Client } from '@temporalio/client';
import type { VerifyingNewest } from '../../activities/verify-newest.ts';
import type { VerifyPort } from '../../agents/verify/verify-port.ts';
import type { OpsPort } from '../../agents/bulk/ops-port.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
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

/** For the agent that verifies. */
export function verifying(parts: ReplayerParts, { select }: Pick<OpsPort, 'select'>): VerifyPort {
  const { opened, close } = openedOnce(parts);
  return {
    select,
    async *verify(runs, signal) {
      yield* verifyRuns(runs, { ...(await opened()), signal });
    },
    close,
  };
}

/** For commands that let a run's newest execution go on. */
export function verifyingNewest(parts: ReplayerParts): VerifyingNewest & { close(): Promise<void> } {
  const { opened, close } = openedOnce(parts);
  return {
    newest: async (runs, signal) => {
      const found: Verification[] = [];
      const options = { ...(await opened()), newestOnly: true as const, signal };
      for await (const verification of verifyRuns(runs, options)) found.push(verification);
      return found;
    },
    close,
  };
}

function openedOnce(parts: ReplayerParts): { opened: () => Promise<Opened>; close: () => Promise<void> } {
  let opening: Promise<Opened> | null = null;
  return {
    opened: () =>
      (opening ??= open(parts).catch((error: unknown) => {
        opening = null;
        throw error;
      })),
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
