/** The same events as the blueprint `bench-talk` writes, through the SDK's own stream library. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { WorkflowStream } from '@temporalio/workflow-streams/workflow';
import type { Talk } from '../talk.ts';

const { publish } = proxyActivities<{ publish: (talk: Talk) => Promise<unknown> }>({ startToCloseTimeout: 600_000 });

/** Talks when everybody listens, and ends when everybody has heard: a stream can't be read once its workflow has closed. */
export async function streamed(talk: Talk): Promise<unknown> {
  const stream = new WorkflowStream();
  let isBegun = false;
  let isHeard = false;
  setHandler(defineSignal('begin'), () => {
    isBegun = true;
  });
  setHandler(defineSignal('heard'), () => {
    isHeard = true;
  });
  await condition(() => isBegun);
  const result = await publish(talk);
  await condition(() => isHeard);
  stream.detachPollers();
  return result;
}
