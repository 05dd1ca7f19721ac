/** What workers of this configuration serve, and what they need for it: for whoever looks whether all is there. */
import { readMcpServers } from '../agents/mcp/mcp-servers.ts';
import { tellQueue } from '../protocol/telling.ts';
import type { Config } from '../runtime/config.ts';
import { discoverAgents } from './discover-agents.ts';

/** The supervisor's first. */
export async function servedQueues(config: Config): Promise<string[]> {
  const agents = await discoverAgents(config);
  try {
    const own = agents.flatMap(({ contract }) => contract.taskQueue ?? []);
    const tell = config.BATON_WEBHOOK_SECRET === undefined ? [] : [tellQueue(config.BATON_TASK_QUEUE)];
    return [...new Set([config.BATON_TASK_QUEUE, ...tell, ...own])];
  } finally {
    await Promise.all(agents.map(async (agent) => await agent.close?.()));
  }
}

/** The programs of MCP servers that run on this machine, with the environment that finds them. */
export function guestCommands(config: Config): { name: string; command: string; path?: string }[] {
  return readMcpServers(config.MCP_SERVERS).flatMap(({ name, server }) => {
    if (!('command' in server)) return [];
    const path = server.env?.['PATH'];
    return [{ name, command: server.command, ...(path === undefined ? {} : { path }) }];
  });
}
