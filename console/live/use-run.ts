import { createContext, useContext, useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { RunStore, type RunSnapshot } from './run-store.ts';

/** Those of the pages that were looked at last: going back to one shows it at once. */
const stores = new Map<string, RunStore>();
const storesKept = 5;

export function runStore(run: string): RunStore {
  const known = stores.get(run) ?? new RunStore(client, run);
  stores.delete(run);
  stores.set(run, known);
  for (const old of stores.keys()) if (stores.size > storesKept) stores.delete(old);
  return known;
}

export const RunContext = createContext<RunStore | null>(null);

/** Of the run that the page is about. */
export function useRunStore(): RunStore {
  const store = useContext(RunContext);
  if (store === null) throw new Error('there is no run around this component');
  return store;
}

export function useRun(store: RunStore): RunSnapshot {
  return useSyncExternalStore(store.subscribe, store.snapshot);
}
