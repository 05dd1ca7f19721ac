/**
 * What a progress notification says: `notifications/progress` of the standard, or the older `$/progress`, which has no
 * token and whose total is 1. Pure.
 */
export interface McpProgress {
  /** In [0, 1]; null where it cannot be told, because the total is unknown. */
  fraction: number | null;
  message: string | null;
}

/** null for params that are no progress. `defaultTotal` stands for a total that is not given. */
export function progressOf(params: unknown, defaultTotal: number | null = null): McpProgress | null {
  if (typeof params !== 'object' || params === null) return null;
  const { progress, total, message } = params as Record<string, unknown>;
  if (typeof progress !== 'number' || !Number.isFinite(progress)) return null;
  const whole = typeof total === 'number' && total > 0 ? total : defaultTotal;
  return {
    fraction: fractionOf(progress, whole),
    message: typeof message === 'string' && message !== '' ? message : null,
  };
}

/** Without a total the standard only says that progress grows: below 1 it is taken for a fraction, else for a count. */
function fractionOf(progress: number, total: number | null): number | null {
  if (total !== null) return Math.min(1, Math.max(0, progress / total));
  return progress >= 0 && progress < 1 ? progress : null;
}
