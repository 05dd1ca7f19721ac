/** Asks a worker whether its code fits what runs have done, by a workflow beside them that ends with the answer. */
import { randomUUID } from 'node:crypto';
import { isGrpcServiceError, ServiceError, WorkflowFailedError, type Client } from '@temporalio/client';
import { workflowTaskTimeoutMs } from '../../protocol/limits.ts';
import type { Verification } from '../../protocol/schemas/verification.ts';
import { verifierId, verifierType, type VerifierInput } from '../../protocol/verifier.ts';

/** One build of versioned workers. */
export interface PinnedBuild {
  deploymentName: string;
  buildId: string;
}

interface Options {
  taskQueue: string;
  /** Whose workers are asked. Default: whichever get new runs. */
  on: PinnedBuild | null;
  waitMs: number;
}

/** gRPC status codes: the client's clock has found the deadline, or the server's, which just breaks the call off. */
const late = { cancelled: 1, deadlineExceeded: 4 };

/**
 * Of the newest execution of each run, in their order; null where no worker has answered in time. Rejects where the
 * server refuses, or does not answer.
 */
export async function verifyNewest(
  client: Client,
  runs: readonly string[],
  { taskQueue, on, waitMs }: Options,
): Promise<Verification[] | null> {
  const input: VerifierInput = { runs };
  const handle = await client.workflow.start(verifierType, {
    workflowId: verifierId(randomUUID()),
    taskQueue,
    args: [input],
    workflowTaskTimeout: workflowTaskTimeoutMs,
    workflowExecutionTimeout: waitMs,
    ...(on === null ? {} : { versioningOverride: { pinnedTo: on } }),
  });
  try {
    return await client.withDeadline(Date.now() + waitMs, () => handle.result() as Promise<Verification[]>);
  } catch (error) {
    if (isLate(error)) return null;
    throw error;
  }
}

/** The workflow's own time is up, or ours: whichever is told first. */
function isLate(error: unknown): boolean {
  if (error instanceof WorkflowFailedError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Object.values(late).includes(cause.code);
}
