import { once } from 'node:events';
import { defineAgent } from '../../../../protocol/agent.ts';
import { contract } from './contract.ts';

export const agent = defineAgent<unknown, null>({
  contract,
  run: async ({ signal }) => {
    await once(signal, 'abort');
    throw signal.reason;
  },
});
