/** The same events as the blueprint `bench-talk` writes, through the SDK's own stream library. */
import { proxyActivities } from '@temporalio/workflow';
import { WorkflowStream } from '@temporalio/workflow-streams/workflow';

interface Talk {
  count: number;
  gapMs: number;
  bytes: number;
}

const { publish } = proxyActivities<{ publish: (talk: Talk) => Promise<unknown> }>({ startToCloseTimeout: 600_000 });

export async function streamed(talk: Talk): Promise<unknown> {
  new WorkflowStream();
  return publish(talk);
}
