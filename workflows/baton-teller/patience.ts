import { webhookRetryDaysMs, webhookRetryMaxMs, webhookRetryMs } from '../../protocol/limits.ts';
import type { Failing } from '../../protocol/telling.ts';

/** An event was not taken, once more. `waitMs` until it is posted again; null: the next one has its turn. */
export function failedAgain(before: Failing | undefined, nowMs: number): { failing: Failing; waitMs: number | null } {
  const failing = { sinceMs: before?.sinceMs ?? nowMs, tries: (before?.tries ?? 0) + 1 };
  const isGivenUp = nowMs - failing.sinceMs >= webhookRetryDaysMs;
  return { failing, waitMs: isGivenUp ? null : Math.min(webhookRetryMs * 2 ** (failing.tries - 1), webhookRetryMaxMs) };
}
