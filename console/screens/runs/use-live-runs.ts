import { useSyncExternalStore } from 'react';
import type { RunFilter } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { LiveRuns, type RunsSnapshot } from './live-runs.ts';

/** Those that were looked at last: coming back from a run shows the list where it was left. */
const lists = new Map<string, LiveRuns>();
const listsKept = 3;

/** `key`: the filter as text. */
export function liveRuns(key: string, filter: RunFilter): LiveRuns {
  const known = lists.get(key) ?? new LiveRuns(client, filter);
  lists.delete(key);
  lists.set(key, known);
  for (const old of lists.keys()) if (lists.size > listsKept) lists.delete(old);
  return known;
}

export function useLiveRuns(runs: LiveRuns): RunsSnapshot {
  return useSyncExternalStore(runs.subscribe, runs.snapshot);
}
