import { setTimeout } from 'node:timers/promises';
import { modelRetryAfterMaxMs, modelRetryMaxMs, modelRetryMs, modelTries } from '../../protocol/limits.ts';
import type { ModelFault } from './model-fault.ts';

export interface Retrying {
  signal: AbortSignal;
  faultOf: (error: unknown) => ModelFault;
  onRetry?: (fault: ModelFault, waitMs: number) => void;
  /** Resolves after the time; rejects when the signal fires. */
  pause?: (waitMs: number, signal: AbortSignal) => Promise<unknown>;
  /** In [0, 1). */
  random?: () => number;
}

/** Calls until it works, or what fails does not pass. Rejects with the signal's reason, or with a fault's `BatonError`. */
export async function withRetries<T>(
  call: () => Promise<T>,
  { signal, faultOf, onRetry, pause = sleep, random = Math.random }: Retrying,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      const fault = faultOf(error);
      const backoffMs = Math.min(modelRetryMs * 2 ** (tries - 1), modelRetryMaxMs) * (1 - random() / 2);
      const waitMs = fault.retryAfterMs ?? backoffMs;
      if (!fault.isPassing || tries >= modelTries || waitMs > modelRetryAfterMaxMs) throw fault.error;
      onRetry?.(fault, waitMs);
      await pause(waitMs, signal).catch(() => signal.throwIfAborted());
    }
  }
}

function sleep(waitMs: number, signal: AbortSignal): Promise<unknown> {
  return setTimeout(waitMs, undefined, { signal });
}
