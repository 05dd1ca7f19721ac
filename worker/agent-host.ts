/** What the worker has for agents that act on runs. */
import type { OpsPort } from '../agents/bulk/ops-port.ts';
import type { Config } from '../runtime/config.ts';
import { inProcessBus, type LiveBus } from '../runtime/live-bus.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { opsPort } from './ops-port.ts';

export interface AgentHost {
  ops: OpsPort;
}

export interface HostParts {
  /** Default: one of its own, which nobody hears. */
  bus?: LiveBus;
  log?: Log;
  /** As the gateway's engine has them. */
  folders?: readonly string[];
  agentFolders?: readonly string[];
}

export function agentHost(config: Config, { bus, log, ...folders }: HostParts = {}): AgentHost {
  const ops = opsPort(async () => {
    const { createCommands } = await import('../gateway/create-engine.ts');
    return await createCommands(config, {
      bus: bus ?? inProcessBus(),
      log: log ?? createLog('worker', config.LOG_LEVEL),
      ...folders,
    });
  });
  return { ops };
}
