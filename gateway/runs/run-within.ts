import { createContext, Script } from 'node:vm';

const context = createContext({ work: null as unknown });
const call = new Script('work()');

/**
 * Runs synchronous work that may never end (an expression that backtracks, a schema that unfolds) and breaks it off
 * after the time: throws an error with the code `ERR_SCRIPT_EXECUTION_TIMEOUT`. Costs about 0.2 ms (measured).
 * What was broken off ran no `finally`: nothing that it changed may be used again.
 */
export function runWithin<T>(ms: number, work: () => T): T {
  context['work'] = work;
  try {
    return call.runInContext(context, { timeout: ms }) as T;
  } finally {
    context['work'] = null;
  }
}

export function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
