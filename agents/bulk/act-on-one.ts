/** One run of a job, tried until there is something to say of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { BatonError } from '../../protocol/errors.ts';
import { bulkMessageCharacters, bulkRetryMs, bulkTriesMax } from '../../protocol/limits.ts';
import type { JobResult } from '../../protocol/schemas/jobs.ts';

/** `act` gives the id of the run that goes on. Rejects only with the signal's reason. */
export async function actOnOne(run: string, act: () => Promise<string>, signal: AbortSignal): Promise<JobResult> {
  for (let tries = 1; ; tries++) {
    try {
      const goesOn = await act();
      return { run, outcome: 'done', ...(goesOn === run ? {} : { fork: goesOn }) };
    } catch (error) {
      const isRefused = error instanceof BatonError && error.status >= 400 && error.status < 500;
      if (isRefused) return { run, outcome: 'refused', ...told(error) };
      // The server may be away for long: that is no run's fault.
      const isAway = error instanceof BatonError && error.code === 'temporal_down';
      if (!isAway && tries >= bulkTriesMax) return { run, outcome: 'failed', ...told(error) };
    }
    await delay(bulkRetryMs, undefined, { signal });
  }
}

function told(error: unknown): { code: string; message: string } {
  const code = error instanceof BatonError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return { code, message: message.slice(0, bulkMessageCharacters).toWellFormed() };
}
