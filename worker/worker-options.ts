import type { WorkerOptions } from '@temporalio/worker';
import {
  activitiesAtOnce,
  activityPolls,
  eagerActivitiesPerTask,
  heartbeatThrottleMs,
  stickyScheduleToStartTimeoutMs,
  workerStopMs,
  workflowTaskPolls,
  workflowTasksAtOnce,
} from '../protocol/limits.ts';

/** What all workers have in common. Cached workflows: the SDK's default, which follows the heap (2,200 at 4 GB). */
export const workerLimits = {
  maxConcurrentWorkflowTaskExecutions: workflowTasksAtOnce,
  maxConcurrentWorkflowTaskPolls: workflowTaskPolls,
  maxConcurrentActivityTaskExecutions: activitiesAtOnce,
  maxConcurrentActivityTaskPolls: activityPolls,
  maxEagerActivityReservationsPerWorkflowTask: eagerActivitiesPerTask,
  maxHeartbeatThrottleInterval: heartbeatThrottleMs,
  defaultHeartbeatThrottleInterval: heartbeatThrottleMs,
  stickyQueueScheduleToStartTimeout: stickyScheduleToStartTimeoutMs,
  // Agents are told at once, and settle by themselves; what has not settled by then is given up.
  shutdownGraceTime: 0,
  shutdownForceTime: workerStopMs,
} satisfies Partial<WorkerOptions>;
