/** Task queues with their workers: who asks for tasks, and what workers tell of themselves. */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { workerSilentMs } from '../../protocol/limits.ts';
import type { QueueStanding, WorkerStanding } from '../../protocol/schemas/system.ts';
import { millisOf, taskQueueFacts, type TaskQueueFacts } from '../../runtime/task-queue-facts.ts';

type Heartbeat = temporal.api.worker.v1.IWorkerHeartbeat;

const workersPerPage = 1_000;
/** PERMISSION_DENIED, UNIMPLEMENTED: older servers, and accounts that may not list them. */
const closedCodes = [7, 12];

export async function queueStandings(client: Client, names: readonly string[]): Promise<QueueStanding[]> {
  const [facts, told] = await Promise.all([
    Promise.all(names.map((name) => taskQueueFacts(client, name))),
    toldByWorkers(client),
  ]);
  const byQueue = Map.groupBy(told, ({ taskQueue }) => taskQueue ?? '');
  return facts.map((queue) => queueStanding(queue, byQueue.get(queue.name) ?? []));
}

/** A worker that tells of itself and asks for nothing has all its slots taken, or only just began. */
export function queueStanding(facts: TaskQueueFacts, told: readonly Heartbeat[]): QueueStanding {
  const { name, pollers, backlog, backlogAgeMs, addedPerSecond, takenPerSecond } = facts;
  const workers = new Map<string, WorkerStanding>();
  for (const { identity, build, lastPollMs } of pollers)
    workers.set(identity, { identity, build, lastSeenAt: isoOf(lastPollMs), slots: null });
  for (const heartbeat of told) {
    const identity = heartbeat.workerIdentity ?? '';
    const known = workers.get(identity);
    const toldAt = isoOf(millisOf(heartbeat.heartbeatTime));
    workers.set(identity, {
      identity,
      build: known?.build ?? (heartbeat.deploymentVersion?.buildId || null),
      lastSeenAt: known === undefined || toldAt > known.lastSeenAt ? toldAt : known.lastSeenAt,
      slots: {
        workflowTasks: slotsOf(heartbeat.workflowTaskSlotsInfo),
        activities: slotsOf(heartbeat.activityTaskSlotsInfo),
      },
    });
  }
  return {
    name,
    workers: [...workers.values()].toSorted((a, b) => (a.identity < b.identity ? -1 : 1)),
    backlog: { count: backlog, ageMs: Math.round(backlogAgeMs) },
    addedPerSecond,
    takenPerSecond,
  };
}

async function toldByWorkers(client: Client): Promise<Heartbeat[]> {
  const { namespace } = client.options;
  try {
    const { workersInfo } = await client.workflowService.listWorkers({ namespace, pageSize: workersPerPage });
    const told = (workersInfo ?? []).flatMap(({ workerHeartbeat }) => workerHeartbeat ?? []);
    return told.filter(({ heartbeatTime }) => Date.now() - millisOf(heartbeatTime) < workerSilentMs);
  } catch (error) {
    if (!isGrpcServiceError(error) || !closedCodes.includes(error.code)) throw error;
    return [];
  }
}

/** An SDK without slots of a kind tells zeros. */
function slotsOf(info: Heartbeat['workflowTaskSlotsInfo']): { used: number; free: number } | null {
  const used = info?.currentUsedSlots ?? 0;
  const free = info?.currentAvailableSlots ?? 0;
  return used + free === 0 ? null : { used, free };
}

function isoOf(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}
