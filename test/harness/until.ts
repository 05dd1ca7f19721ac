import { setTimeout } from 'node:timers/promises';

/**
 * Asks until the answer is neither null, undefined nor false; fails with what was waited for after the time. `everyMs`: between two
 * questions, for those that cost the server something.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 20_000,
  everyMs = 10,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false)
      return answer as Exclude<T, null | undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await setTimeout(everyMs);
  }
}
