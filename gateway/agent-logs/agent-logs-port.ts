import type { AgentLogs } from '../engine.ts';
import type { RunContext } from '../runs/run-context.ts';

export function agentLogsPort({ agentLogs, config }: Pick<RunContext, 'agentLogs' | 'config'>): AgentLogs {
  const availability = () => {
    if (agentLogs.isThere) return { available: true };
    const reason =
      config.BATON_AGENT_LOGS === 'off'
        ? 'BATON_AGENT_LOGS is off: what agents log is in the logs of their workers alone'
        : 'no worker writes into the data folder of this gateway: what agents log is in the logs of their workers';
    return { available: false, reason };
  };
  return {
    ofRun: (run, { after, before, limit, level, step }) => ({
      ...agentLogs.page({ run, level, step }, { after: before === undefined ? (after ?? 0) : after, before, limit }),
      ...availability(),
    }),
    ofAll: ({ after, before, limit, level, agent, run }) => ({
      ...agentLogs.page({ level, agent, run }, { after, before, limit }),
      ...availability(),
    }),
  };
}
