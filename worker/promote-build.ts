/** Which build Temporal gives new runs to, and those that may change their build. Only where workers are versioned. */
import { setTimeout } from 'node:timers/promises';
import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import type { Log } from '../runtime/log.ts';
import { deploymentName } from './build-id.ts';

/** gRPC status codes. */
const notFound = 5;
const failedPrecondition = 9;

/** Temporal's RoutingConfigUpdateState: some task queues do not know of the change yet. */
const routingInProgress = 1;

/** A build is known to the server soon after its workers have begun to ask for tasks. */
const knownDeadlineMs = 30_000;
const lookMs = 250;

export interface Build {
  buildId: string;
  /** `current` gets runs; `draining` still has pinned ones, `drained` none; `inactive` has never been current. */
  status: 'current' | 'draining' | 'drained' | 'inactive';
}

/** Every build that the server knows, newest first; empty where none of its workers was versioned. */
export async function listBuilds(client: Client): Promise<Build[]> {
  const info = await describe(client);
  const current = info?.routingConfig?.currentDeploymentVersion?.buildId;
  const summaries = [...(info?.versionSummaries ?? [])].toSorted(
    (a, b) => Number(b.createTime?.seconds ?? 0) - Number(a.createTime?.seconds ?? 0),
  );
  return summaries.map(({ deploymentVersion, drainageInfo }) => {
    const buildId = deploymentVersion?.buildId ?? '';
    return { buildId, status: buildId === current ? 'current' : drainage(drainageInfo?.status ?? 0) };
  });
}

/**
 * From now on new runs begin on this build, and open ones that are not pinned go on on it. Waits until the server knows
 * its workers, and until every task queue knows of the change, half a minute at most. Rejects where they do not serve every task queue of the build before.
 */
export async function promoteBuild(client: Client, buildId: string): Promise<void> {
  const request = { namespace: client.options.namespace, deploymentName, buildId, identity: 'baton' };
  const deadline = Date.now() + knownDeadlineMs;
  await onceKnown(`build ${buildId} was not promoted`, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion(request),
  );
  while (Date.now() < deadline) {
    if ((await describe(client))?.routingConfigUpdateState !== routingInProgress) return;
    await setTimeout(lookMs);
  }
}

/** Calls again while the server does not know the workers of a build yet. Rejects with `otherwise` and why. */
export async function onceKnown<T>(otherwise: string, call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + knownDeadlineMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const refused = error instanceof ServiceError ? error.cause : error;
      if (!isGrpcServiceError(refused)) throw error;
      const isUnknownYet = [notFound, failedPrecondition].includes(refused.code) && Date.now() < deadline;
      if (!isUnknownYet) throw new Error(`${otherwise}: ${refused.details}`, { cause: error });
    }
    await setTimeout(lookMs);
  }
}

/** The first versioned build has nothing to take over from: without it no run would begin at all. */
export async function promoteFirstBuild(client: Client, buildId: string, log: Log): Promise<void> {
  const current = (await describe(client))?.routingConfig?.currentDeploymentVersion?.buildId;
  if (current === buildId) return;
  if (current) {
    log.info({ buildId, current }, 'another build gets the runs until this one is promoted');
    return;
  }
  await promoteBuild(client, buildId);
  log.info({ buildId }, 'the first build: it gets the runs');
}

async function describe(client: Client) {
  try {
    const { namespace } = client.options;
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    return workerDeploymentInfo ?? null;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === notFound) return null;
    throw error;
  }
}

/** Temporal's VersionDrainageStatus. */
function drainage(status: number): Build['status'] {
  if (status === 1) return 'draining';
  return status === 2 ? 'drained' : 'inactive';
}
