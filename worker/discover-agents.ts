/** Finds the agents: each folder of `agents/` whose `agent.ts` exports `agent`, or `agents` for a list. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Agent } from '../protocol/agent.ts';
import type { Config } from '../runtime/config.ts';
import { agentHost, type AgentHost } from './agent-host.ts';

/** What `agent.ts` of a folder exports. A function is given the configuration, and what the worker has for it. */
interface AgentModule {
  agent?: Agent;
  agents?: readonly Agent[] | ((config: Config, host: AgentHost) => readonly Agent[]);
}

export const agentsFolder = fileURLToPath(new URL('../agents', import.meta.url));

/** Activities that the supervisor itself calls. */
const reservedNames: ReadonlySet<string> = new Set(['decide']);

const namePattern = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;

/** Throws where a folder exports no agent, or two agents have one name. */
export async function discoverAgents(
  config: Config,
  folder: string = agentsFolder,
  host: AgentHost = agentHost(config),
): Promise<Agent[]> {
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  const found = new Map<string, { agent: Agent; path: string }>();
  for (const entry of entries) {
    const path = join(folder, entry.name, 'agent.ts');
    if (!entry.isDirectory() || !existsSync(path)) continue;
    for (const agent of agentsOf((await import(pathToFileURL(path).href)) as AgentModule, { config, host, path })) {
      const { name } = agent.contract;
      const other = found.get(name);
      if (other) throw new Error(`two agents are called ${name}: ${other.path} and ${path}`);
      if (!namePattern.test(name))
        throw new Error(`${path}: ${name} is no name for an agent: small letters, digits, - and _`);
      if (reservedNames.has(name)) throw new Error(`${path}: ${name} is the name of an activity of the supervisor`);
      found.set(name, { agent, path });
    }
  }
  return [...found.values()].map(({ agent }) => agent);
}

function agentsOf(
  { agent, agents }: AgentModule,
  { config, host, path }: { config: Config; host: AgentHost; path: string },
): readonly Agent[] {
  if (agent) return [agent];
  if (agents) return typeof agents === 'function' ? agents(config, host) : agents;
  throw new Error(`${path} exports neither agent nor agents`);
}
