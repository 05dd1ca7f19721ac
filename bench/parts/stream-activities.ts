import { setTimeout } from 'node:timers/promises';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { monotonicMs } from '../clock.ts';
import { tick, type Talk } from '../talk.ts';

export const streamTopic = 'ticks';

export const streamActivities = {
  /** As the agent `bench-talker`: one signal at a time, the next after its acknowledgement. */
  async publish({ count, gapMs, bytes }: Talk): Promise<{ ackMs: number[] }> {
    const stream = WorkflowStreamClient.fromWithinActivity();
    const topic = stream.topic(streamTopic);
    const ackMs: number[] = [];
    try {
      for (let index = 0; index < count; index++) {
        await setTimeout(gapMs);
        const sentAt = monotonicMs();
        topic.publish(tick(index, sentAt, bytes));
        await stream.flush();
        ackMs.push(monotonicMs() - sentAt);
      }
    } finally {
      await stream[Symbol.asyncDispose]();
    }
    return { ackMs };
  },
};
