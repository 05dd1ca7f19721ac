/** The setting MCP_SERVERS: name of the agent → its server. */
import { z } from 'zod';
import { ConfigError } from '../../runtime/config.ts';
import type { McpAgentOptions } from './mcp-agent.ts';

const strings = z.record(z.string(), z.string());
const timeouts = {
  connectTimeoutMs: z.int().positive().optional(),
  requestTimeoutMs: z.int().positive().optional(),
  silenceMs: z.int().positive().optional(),
};
const shared = {
  tool: z.string().min(1).optional().describe("default: the agent's name"),
  description: z.string().optional(),
  repeatable: z.boolean().optional(),
  taskQueue: z.string().min(1).optional(),
  progress: z.enum(['live', 'durable']).optional(),
  ...timeouts,
};
const local = z.strictObject({
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: strings.optional(),
  cwd: z.string().optional(),
  ...shared,
});
const remote = z.strictObject({ url: z.url({ protocol: /^https?$/ }), headers: strings.optional(), ...shared });
const serversSchema = z.record(z.string(), z.union([local, remote]));

/** Throws a `ConfigError` that names MCP_SERVERS and what is wrong with it. */
export function readMcpServers(setting: string | undefined): McpAgentOptions[] {
  if (setting === undefined) return [];
  const parsed = serversSchema.safeParse(parseJson(setting));
  if (!parsed.success) throw new ConfigError(`MCP_SERVERS: ${z.prettifyError(parsed.error)}`);
  return Object.entries(parsed.data).map(([name, entry]) => {
    const { tool = name, progress = 'durable' as const, ...rest } = entry;
    if ('url' in rest) {
      const { url, headers, ...options } = rest;
      return withoutUndefined({ ...options, name, tool, progress, server: withoutUndefined({ url, headers }) });
    }
    const { command, args, env, cwd, ...options } = rest;
    return withoutUndefined({
      ...options,
      name,
      tool,
      progress,
      server: withoutUndefined({ command, args, env, cwd }),
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the setting, which holds secrets.
    throw new ConfigError('MCP_SERVERS: it is not JSON');
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
