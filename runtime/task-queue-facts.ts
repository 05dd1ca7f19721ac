/** What the server knows of a task queue. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

export interface TaskQueueFacts {
  name: string;
  /** Workers that have asked for tasks within the last minutes. */
  workers: number;
  /** Tasks that wait, about. */
  backlog: number;
  /** Of the oldest task that waits, about; 0 where none does. */
  backlogAgeMs: number;
  /** When a worker last asked, by the server's clock in epoch milliseconds; 0 where none did. */
  newestPollMs: number;
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
  const polls = answers.flatMap(({ pollers }) => pollers ?? []);
  return {
    name,
    workers: new Set(polls.map(({ identity }) => identity)).size,
    backlog: answers.reduce((sum, { stats }) => sum + Number(stats?.approximateBacklogCount ?? 0), 0),
    backlogAgeMs: Math.max(...answers.map(({ stats }) => millisOf(stats?.approximateBacklogAge))),
    newestPollMs: Math.max(0, ...polls.map(({ lastAccessTime }) => millisOf(lastAccessTime))),
  };
}

function millisOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}
