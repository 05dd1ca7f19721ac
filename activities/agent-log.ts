import type { AgentLog } from '../protocol/agent.ts';
import type { Log } from '../runtime/log.ts';

/**
 * An agent's log: the process's own, with run, step and attempt. Fields whose names are those of secrets are redacted
 * by the process's log; inputs, results and answers are never logged by the engine.
 */
export function agentLog(log: Log, place: { run: string; step: string; attempt: number }): AgentLog {
  const child = log.child(place);
  return {
    debug: (message, fields = {}) => child.debug(fields, message),
    info: (message, fields = {}) => child.info(fields, message),
    warn: (message, fields = {}) => child.warn(fields, message),
    error: (message, fields = {}) => child.error(fields, message),
  };
}
