import { clientReconnectBaseMs, clientReconnectMaxMs } from '../protocol/limits.ts';

/** Exponential backoff with full jitter. `failures` in a row, from 1; `random` in [0, 1). */
export function backoffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(clientReconnectMaxMs, clientReconnectBaseMs * 2 ** Math.min(failures, 16)));
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it fires. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(asError(signal.reason));
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(asError(signal.reason));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
