import type { WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker';
import {
  activitiesAtOnce,
  activityPolls,
  eagerActivitiesPerTask,
  heartbeatThrottleMs,
  stickyScheduleToStartTimeoutMs,
  tellerPolls,
  tellersAtOnce,
  workerStopMs,
  workflowTaskPolls,
  workflowTasksAtOnce,
} from '../protocol/limits.ts';
import type { Config } from '../runtime/config.ts';
import { deploymentName } from './build-id.ts';

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
} satisfies Partial<WorkerOptions>;

/** Tellers mostly wait, and few begin at a time. */
export const tellingLimits = {
  maxConcurrentActivityTaskExecutions: tellersAtOnce,
  maxConcurrentActivityTaskPolls: tellerPolls,
} satisfies Partial<WorkerOptions>;

/** Agents end by themselves, then they are told, and settle; what has not settled by then is given up. */
export function shutdownTimes({ BATON_DRAIN_SECONDS: drain }: Pick<Config, 'BATON_DRAIN_SECONDS'>) {
  return { shutdownGraceTime: drain * 1_000, shutdownForceTime: drain * 1_000 + workerStopMs };
}

/** `buildId`: what runs show, and, with versioning on, what Temporal routes them by. */
export function deploymentOptions(
  { BATON_VERSIONING: versioning }: Pick<Config, 'BATON_VERSIONING'>,
  buildId: string,
): WorkerDeploymentOptions {
  const version = { deploymentName, buildId };
  return versioning === 'on'
    ? { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' }
    : { version, useWorkerVersioning: false };
}
