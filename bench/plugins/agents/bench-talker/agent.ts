import { setTimeout } from 'node:timers/promises';
import { defineAgent } from '../../../../protocol/agent.ts';
import { monotonicMs } from '../../../clock.ts';
import { tick, type Talk } from '../../../talk.ts';
import { contract } from './contract.ts';

export const agent = defineAgent<Talk, { ackMs: number[] }>({
  contract,
  async run(ctx, { count, gapMs, bytes }) {
    const ackMs: number[] = [];
    for (let index = 0; index < count; index++) {
      await setTimeout(gapMs, undefined, { signal: ctx.signal });
      const sentAt = monotonicMs();
      await ctx.emit('tick', { ...tick(index, sentAt, bytes) });
      await ctx.settled();
      ackMs.push(monotonicMs() - sentAt);
    }
    return { done: { ackMs } };
  },
});
