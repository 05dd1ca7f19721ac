import { useEffect, useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import type { RunStore } from './run-store.ts';
import { TimelineStore, type TimelineSnapshot } from './timeline-store.ts';
import { useRun } from './use-run.ts';

const timelines = new WeakMap<RunStore, TimelineStore>();

/** Attempts that wait, heartbeats and a stuck run are in no event. */
const againMs = 15_000;

/** The timeline of the run, read when it is shown, and again as the run goes on. */
export function useTimeline(run: RunStore): TimelineSnapshot {
  const timeline = timelineOf(run);
  const { state, structure } = useRun(run);
  const isOpen = state !== null && state.endedAt === null;
  useEffect(() => timeline.ask(), [timeline, structure]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && timeline.ask(), againMs);
    return () => clearInterval(timer);
  }, [timeline, isOpen]);
  return useSyncExternalStore(timeline.subscribe, timeline.snapshot);
}

function timelineOf(run: RunStore): TimelineStore {
  const known = timelines.get(run) ?? new TimelineStore(client, run.run);
  timelines.set(run, known);
  return known;
}
