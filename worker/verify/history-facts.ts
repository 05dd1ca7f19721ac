/** What stands in a history, as far as telling where a replay left it takes. */
import type { History } from '@temporalio/common/lib/proto-utils.js';

export type HistoryEntry = NonNullable<History['events']>[number];

export interface EntryFacts {
  id: number;
  /** As in `ActivityTaskScheduled`. */
  type: string;
}

const attributesSuffix = 'EventAttributes';

export function factsOf(entry: HistoryEntry): EntryFacts {
  return { id: Number(entry.eventId ?? 0), type: typeOf(entry) };
}

/** Each type of entry has its attributes under a key of its own. */
function typeOf(entry: HistoryEntry): string {
  const key = Object.keys(entry).find(
    (name) => name.endsWith(attributesSuffix) && entry[name as keyof HistoryEntry] != null,
  );
  if (key === undefined) return 'Unspecified';
  const name = key.slice(0, -attributesSuffix.length);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The type, and of what: the agent that was scheduled, the timer's time, the name of a patch. */
export function describeEntry(entry: HistoryEntry): string {
  const { type } = factsOf(entry);
  const detail = detailOf(entry);
  return detail === null ? type : `${type} (${detail})`;
}

function detailOf(entry: HistoryEntry): string | null {
  const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = entry;
  if (activity?.activityType?.name != null) return activity.activityType.name;
  if (timer?.startToFireTimeout != null) {
    const { seconds, nanos } = timer.startToFireTimeout;
    return `${Number(seconds ?? 0) * 1_000 + Math.round((nanos ?? 0) / 1_000_000)} ms`;
  }
  return entry.markerRecordedEventAttributes?.markerName ?? null;
}

/** The workflow type; null where the history does not begin as one. */
export function blueprintOf({ events }: History): string | null {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? null;
}

/** Indices of the entries at which a worker took a workflow task, oldest first. */
export function taskStarts({ events }: History): number[] {
  return (events ?? []).flatMap((entry, index) => (entry.workflowTaskStartedEventAttributes == null ? [] : [index]));
}
