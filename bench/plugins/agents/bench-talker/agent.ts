import { setTimeout } from 'node:timers/promises';
import { defineAgent } from '../../../../protocol/agent.ts';
import { monotonicMs } from '../../../clock.ts';
import { tick, type Talk } from '../../../talk.ts';
import { contract } from './contract.ts';

export const agent = defineAgent<Talk, { ackMs: number[] }>({
  contract,
  async run(ctx, { count, together, gapMs, bytes }) {
    const ackMs: number[] = [];
    for (let index = 0; index < count; index += together) {
      if (gapMs > 0) await setTimeout(gapMs, undefined, { signal: ctx.signal });
      const sentAt = monotonicMs();
      for (let offset = 0; offset < together && index + offset < count; offset++)
        void ctx.emit('tick', { ...tick(index + offset, sentAt, bytes) });
      await ctx.settled();
      ackMs.push(monotonicMs() - sentAt);
    }
    return { done: { ackMs } };
  },
});
