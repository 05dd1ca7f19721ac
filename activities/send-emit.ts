import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { signals, type EmitSignal } from '../protocol/execution.ts';
import { emitDeadlineMs } from '../protocol/limits.ts';
import { EmitRefused } from './emit-refused.ts';

/** gRPC's status codes that no repetition changes. */
const status = { invalidArgument: 3, notFound: 5, failedPrecondition: 9, unimplemented: 12 } as const;
const refusals: ReadonlySet<number> = new Set(Object.values(status));

/**
 * Signals exactly this execution, so that an agent of an abandoned one cannot write to the next.
 * Rejects with `EmitRefused` when the execution is gone; whatever else it rejects with may be tried again.
 * The client must not be the activity's own: that one aborts its calls when the activity is cancelled.
 */
export async function sendEmit(
  client: Client,
  execution: { workflowId: string; runId: string },
  signal: EmitSignal,
): Promise<void> {
  const handle = client.workflow.getHandle(execution.workflowId, execution.runId);
  try {
    await client.withDeadline(Date.now() + emitDeadlineMs, () => handle.signal(signals.emit, signal));
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !refusals.has(code)) throw error;
    throw new EmitRefused(
      `execution ${execution.runId} of run ${execution.workflowId} takes no more events of ${signal.step}`,
      code === status.notFound,
      { cause: error },
    );
  }
}

function codeOf(error: unknown): number | undefined {
  if (error instanceof WorkflowNotFoundError) return status.notFound;
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}
