/** What the worker has for agents that act on runs. */
import type { OpsPort } from '../agents/bulk/ops-port.ts';
import type { VerifyPort } from '../agents/verify/verify-port.ts';
import type { Config } from '../runtime/config.ts';
import { inProcessBus, type LiveBus } from '../runtime/live-bus.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { opsPort } from './ops-port.ts';
import { verifying } from './verify/verifying.ts';

export interface AgentHost {
  ops: OpsPort;
  verifying: VerifyPort;
}

export interface HostParts {
  /** Default: one of its own, which nobody hears. */
  bus?: LiveBus;
  log?: Log;
  /** As the gateway's engine has them. */
  folders?: readonly string[];
  agentFolders?: readonly string[];
}

export function agentHost(config: Config, { bus, log: given, ...folders }: HostParts = {}): AgentHost {
  const log = given ?? createLog('worker', config.LOG_LEVEL);
  const ops = opsPort(async () => {
    const { createCommands } = await import('../gateway/create-engine.ts');
    return await createCommands(config, {
      bus: bus ?? inProcessBus(),
      log,
      ...folders,
    });
  });
  const workflows = folders.folders === undefined ? {} : { workflows: { folders: folders.folders } };
  return { ops, verifying: verifying({ config, log, ...workflows }, ops) };
}
