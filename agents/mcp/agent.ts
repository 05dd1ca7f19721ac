import type { Agent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { mcpAgent } from './mcp-agent.ts';
import { readMcpServers } from './mcp-servers.ts';

/** The servers that the configuration names. */
export const agents = (config: Pick<Config, 'MCP_SERVERS'>): Agent[] =>
  readMcpServers(config.MCP_SERVERS).map(mcpAgent);
