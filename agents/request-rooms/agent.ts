import { type Agent, defineAgent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { openModel } from '../../runtime/model/open-model.ts';
import { assertPublicAddress } from '../../runtime/public-address.ts';
import { executorContract, plannerContract, thoughtContract } from './contract.ts';
import { execute } from './executor.ts';
import { plan } from './planner.ts';
import type { StepServices } from './run-step.ts';
import { think } from './thought.ts';

export function createAgents(services: StepServices): Agent[] {
  const { model } = services;
  return [
    defineAgent({ contract: thoughtContract, run: (ctx, input) => think(ctx, input, model) }),
    defineAgent({ contract: plannerContract, run: (ctx, input) => plan(ctx, input, model) }),
    defineAgent({ contract: executorContract, run: (ctx, input) => execute(ctx, input, services) }),
  ];
}

export const agents = (config: Config): Agent[] =>
  createAgents({ guard: config.CRAWL_ALLOW_PRIVATE ? null : assertPublicAddress, model: openModel(config) });
