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

/** How long the screen of a run may take to come. */
const comingMs = 10_000;

/** Begins to watch the run before its screen is there: the two are fetched at the same time. */
export function openRun(run: string): void {
  const leave = runStore(run).subscribe(() => undefined);
  setTimeout(leave, comingMs);
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
