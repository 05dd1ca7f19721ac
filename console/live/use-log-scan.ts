import { useEffect, useReducer, useState } from 'react';
import { isEmptyFilter, type LogFilter } from './log-filter.ts';
import { LogScan } from './log-scan.ts';
import type { RunStore } from './run-store.ts';

/** Looks through the log for what fits, and goes on as it grows; null without a filter. A filter that changes begins anew. */
export function useLogScan(store: RunStore, { type, agent, step, text }: LogFilter, version: number): LogScan | null {
  const [, retell] = useReducer((count: number) => count + 1, 0);
  const [scan, setScan] = useState<LogScan | null>(null);
  useEffect(() => {
    const filter = { type, agent, step, text };
    const fresh = isEmptyFilter(filter) ? null : new LogScan(store, filter, retell);
    setScan(fresh);
    return () => fresh?.stop();
  }, [store, type, agent, step, text]);
  useEffect(() => scan?.goOn(), [scan, version]);
  return scan;
}
