import { scheduleActivity, workflowInfo } from '@temporalio/workflow';

/** Asks Temporal to cancel this execution, where only our signal has arrived: the gateway died between the two. */
export async function requestCancel(): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  await scheduleActivity('requestCancel', [{ workflowId, runId }], {
    startToCloseTimeout: '10s',
    retry: { initialInterval: '200ms', maximumInterval: '5s' },
  });
}
