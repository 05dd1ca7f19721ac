import { defineAgent } from '../../../../protocol/agent.ts';
import { monotonicMs } from '../../../clock.ts';
import { contract } from './contract.ts';

export const agent = defineAgent<unknown, { resumedAt: number }>({
  contract,
  run: async ({ returned }) =>
    returned.length > 0
      ? { done: { resumedAt: monotonicMs() } }
      : { ask: { kind: 'bench.go-on', message: 'Shall it go on?', answerSchema: { type: 'boolean' } } },
});
