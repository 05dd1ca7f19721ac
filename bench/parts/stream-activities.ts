import { setTimeout } from 'node:timers/promises';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { monotonicMs } from '../clock.ts';
import { tick, type Talk } from '../talk.ts';

export const streamTopic = 'ticks';

export const streamActivities = {
  /** Returns how long each event took to be acknowledged, in milliseconds. */
  async publish({ count, gapMs, bytes }: Talk): Promise<{ ackMs: number[] }> {
    const stream = WorkflowStreamClient.fromWithinActivity();
    const topic = stream.topic(streamTopic);
    const ackMs: number[] = [];
    try {
      for (let index = 0; index < count; index++) {
        await setTimeout(gapMs);
        const sentAt = monotonicMs();
        topic.publish(tick(index, sentAt, bytes), { forceFlush: true });
        await stream.flush();
        ackMs.push(monotonicMs() - sentAt);
      }
    } finally {
      await stream[Symbol.asyncDispose]();
    }
    return { ackMs };
  },
};
