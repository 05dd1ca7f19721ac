import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/**
 * The activity `requestCancel`: cancels an execution natively. A workflow that has only heard Baton's own signal would
 * never close as cancelled for Temporal. An execution that has ended meanwhile is no error.
 */
export function requestCancelActivity(client: Client) {
  return async function requestCancel(execution: { workflowId: string; runId: string }): Promise<void> {
    try {
      await client.workflow.getHandle(execution.workflowId, execution.runId).cancel();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
