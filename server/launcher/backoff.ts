/** When a process that ended is started again. Pure. */

/** A process that was up for this long did not crash because of how it starts. */
const steadyMs = 5_000;
const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** From here on it is a loop, and people are told. */
const loopCrashes = 4;

export interface Backoff {
  /** Ends in a row that came soon after the start. */
  quickEnds: number;
}

export const noBackoff: Backoff = { quickEnds: 0 };

/** `upMs`: how long the process had been up; 0 when it never was. */
export function afterEnd(before: Backoff, upMs: number): { next: Backoff; delayMs: number; loop: boolean } {
  const quickEnds = upMs >= steadyMs ? 0 : before.quickEnds + 1;
  const delayMs = quickEnds === 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (quickEnds - 1));
  return { next: { quickEnds }, delayMs, loop: quickEnds >= loopCrashes };
}
