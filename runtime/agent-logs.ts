/** The logs of agents as processes open them: workers write, gateways read. */
import { AgentLogReader } from '../stores/agent-logs/agent-log-reader.ts';
import { AgentLogWriter } from '../stores/agent-logs/agent-log-writer.ts';
import type { Config } from './config.ts';
import { keyRingOf } from './key-ring-of.ts';
import type { Log } from './log.ts';

/** null where they are not kept. */
export function openAgentLogWriter(config: Config, log: Log): AgentLogWriter | null {
  if (config.BATON_AGENT_LOGS === 'off') return null;
  return new AgentLogWriter(config.dataDir, keyRingOf(config), (error) =>
    log.warn({ err: error }, 'what agents log cannot be kept now; it is in the log of their process all the same'),
  );
}

export function openAgentLogReader(config: Config): AgentLogReader {
  return new AgentLogReader(config.dataDir, keyRingOf(config));
}
