import { defineAgent, type Agent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { actOnRuns } from './act-on-runs.ts';
import { actContract, selectContract } from './contract.ts';
import type { OpsPort } from './ops-port.ts';
import { selectRuns } from './select-runs.ts';

export function agents(_config: Config, { ops }: { ops: OpsPort }): readonly Agent[] {
  const select = defineAgent({ contract: selectContract, run: (ctx, job) => selectRuns(ctx, job, ops) });
  const act = defineAgent({
    contract: actContract,
    run: (ctx, input) => actOnRuns(ctx, input, ops),
    close: () => ops.close(),
  });
  return [select, act] as readonly Agent[];
}
