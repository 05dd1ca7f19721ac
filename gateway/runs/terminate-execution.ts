import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import { translated } from '../history/history-service.ts';
import type { RunContext } from './run-context.ts';

/**
 * Ends an execution that cannot end itself; nothing where it has ended. Who did it stands as identity in the closing
 * event, and from there in the log as `by`.
 */
export async function terminateExecution(
  { client, service }: Pick<RunContext, 'client' | 'service'>,
  { run, runId }: { run: string; runId: string },
  reason: string,
  by: Principal,
): Promise<void> {
  try {
    await translated(run, () =>
      client.workflowService.terminateWorkflowExecution({
        namespace: service.namespace,
        workflowExecution: { workflowId: run, runId },
        reason,
        identity: by.name,
      }),
    );
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'run_not_found') throw error;
  }
}
