import { setTimeout as delay } from 'node:timers/promises';
import { BatonError } from '../../protocol/errors.ts';

const firstDelayMs = 50;
const maxDelayMs = 2_000;
/** How often an impatient caller, somebody's request, is tried before it hears that Temporal is down. */
const impatientAttempts = 3;

/**
 * Calls again while Temporal does not answer, with backoff and jitter: for ever if patient. Anything else is thrown.
 * Tells `onAnswer` about each change it sees.
 */
export async function retrying<T>(
  call: () => Promise<T>,
  { signal, isPatient, onAnswer }: { signal: AbortSignal; isPatient: boolean; onAnswer: (isUp: boolean) => void },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await call();
      onAnswer(true);
      return result;
    } catch (error) {
      // A call that was broken off fails like one without an answer, and says nothing about Temporal.
      if (signal.aborted) throw error;
      const isDown = error instanceof BatonError && error.code === 'temporal_down';
      if (isDown) onAnswer(false);
      if (!isDown || (!isPatient && attempt >= impatientAttempts)) throw error;
    }
    const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10));
    await delay(ceiling * (0.5 + Math.random() / 2), undefined, { signal });
  }
}
