/** What the server knows of a task queue. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

export interface TaskQueueFacts {
  name: string;
  /** Workers that have asked for tasks within the last minutes. */
  workers: number;
  /** These, the one that asked last first. */
  pollers: Poller[];
  /** Tasks that wait, about. */
  backlog: number;
  /** Of the oldest task that waits, about; 0 where none does. */
  backlogAgeMs: number;
  /** Tasks a second over the last half minute, about. */
  addedPerSecond: number;
  takenPerSecond: number;
  /** When a worker last asked, by the server's clock in epoch milliseconds; 0 where none did. */
  newestPollMs: number;
}

export interface Poller {
  identity: string;
  /** null: it told none. */
  build: string | null;
  /** By the server's clock, in epoch milliseconds. */
  lastPollMs: number;
}

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** Workflow and activity tasks of the queue together. */
export async function taskQueueFacts(client: Client, name: string): Promise<TaskQueueFacts> {
  const { namespace } = client.options;
  const types = [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];
  const answers = await Promise.all(
    types.map((taskQueueType) =>
      client.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType, reportStats: true }),
    ),
  );
  const polls = answers
    .flatMap(({ pollers }) => pollers ?? [])
    .map(({ identity, deploymentOptions, lastAccessTime }) => ({
      identity: identity ?? '',
      build: deploymentOptions?.buildId || null,
      lastPollMs: millisOf(lastAccessTime),
    }))
    .toSorted((a, b) => b.lastPollMs - a.lastPollMs);
  const pollers = [...Map.groupBy(polls, ({ identity }) => identity).values()].flatMap(([newest]) => newest ?? []);
  const sum = (count: (stats: (typeof answers)[number]['stats']) => unknown) =>
    answers.reduce((total, { stats }) => total + Number(count(stats) ?? 0), 0);
  return {
    name,
    workers: pollers.length,
    pollers,
    backlog: sum((stats) => stats?.approximateBacklogCount),
    backlogAgeMs: Math.max(...answers.map(({ stats }) => millisOf(stats?.approximateBacklogAge))),
    addedPerSecond: sum((stats) => stats?.tasksAddRate),
    takenPerSecond: sum((stats) => stats?.tasksDispatchRate),
    newestPollMs: Math.max(0, ...pollers.map(({ lastPollMs }) => lastPollMs)),
  };
}

export function millisOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}
