/** A worker's connection: the same server as every other process, through the SDK's native core. */
import { setTimeout } from 'node:timers/promises';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Config } from '../runtime/config.ts';
import type { Log } from '../runtime/log.ts';
import { temporalTarget } from '../runtime/temporal-connection.ts';
import { temporalReconnectMaxMs, temporalReconnectMs } from '../protocol/limits.ts';

/** Tries until Temporal answers. Rejects only with the signal's reason. */
export async function connectWorker(config: Config, log: Log, signal: AbortSignal): Promise<NativeConnection> {
  return await untilItWorks(
    () => NativeConnection.connect(nativeOptions(config)),
    (error, waitMs) => log.warn({ err: error, waitMs }, 'Temporal does not answer, trying again'),
    signal,
  );
}

/** Tries again with growing pauses until it works; rejects only with the signal's reason. */
export async function untilItWorks<T>(
  work: () => Promise<T>,
  onFailure: (error: unknown, waitMs: number) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const waitMs = Math.min(temporalReconnectMs * 2 ** tries, temporalReconnectMaxMs);
      onFailure(error, waitMs);
      await setTimeout(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function nativeOptions(config: Config): NativeConnectionOptions {
  const { connection } = temporalTarget(config);
  const { address, tls, apiKey, metadata } = connection;
  return {
    ...(address === undefined ? {} : { address }),
    ...(tls === undefined ? {} : { tls }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata }),
    // The memo carries event batches: the SDK's warnings are for memos of a few words.
    payloadLimits: { memoWarnSize: 0 },
  };
}
