import { defineAgent, type Agent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { contract } from './contract.ts';
import { verifyAll } from './verify-all.ts';
import type { VerifyPort } from './verify-port.ts';

export function agents(_config: Config, { verifying }: { verifying: VerifyPort }): readonly Agent[] {
  const verify = defineAgent({
    contract,
    run: (ctx, input) => verifyAll(ctx, input, verifying),
    close: () => verifying.close(),
  });
  return [verify] as readonly Agent[];
}
