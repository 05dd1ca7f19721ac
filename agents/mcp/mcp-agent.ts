import { z } from 'zod';
import { defineAgent, type Agent, type AgentContext, type AgentContract } from '../../protocol/agent.ts';
import { mcpConnectMs, mcpRepeatMs, mcpSilenceMs } from '../../protocol/limits.ts';
import { callMcpTool, type McpServer } from './mcp-session.ts';
import { silentProgress, spokenProgress } from './spoken-progress.ts';
import { toolResult } from './tool-result.ts';

export interface McpAgentOptions extends Partial<Omit<AgentContract, 'name'>> {
  name: string;
  server: McpServer;
  tool: string;
  /** The tool's arguments. Default: the input if it is an object, else `{input}`. */
  argumentsOf?: (ctx: AgentContext, input: unknown) => Record<string, unknown>;
  connectTimeoutMs?: number;
  /** How long the call may take. Default: as long as the attempt. */
  requestTimeoutMs?: number;
  silenceMs?: number;
}

/** setTimeout takes no more; the attempt's own timeout ends it long before. */
const asLongAsTheAttemptMs = 2 ** 31 - 1;

/**
 * An agent out of a tool of an MCP server: the server is started (or reached) for each attempt, and gone after it.
 * Errors: no_mcp_server, mcp_protocol, mcp_silent, mcp_crashed, agent_timeout (tried again); mcp_tool_failed.
 */
export function mcpAgent(options: McpAgentOptions): Agent {
  const { name, server, tool, argumentsOf = inputAsArguments, ...rest } = options;
  const { connectTimeoutMs, requestTimeoutMs, silenceMs, ...contract } = rest;
  return defineAgent<unknown, unknown>({
    contract: {
      description: `the tool ${tool} of an MCP server`,
      input: z.unknown(),
      output: z.unknown(),
      repeatable: false,
      ...contract,
      name,
    },
    run: async (ctx, input) => {
      const bar = contract.progress === 'durable' ? spokenProgress(ctx, mcpRepeatMs) : silentProgress(ctx);
      const calling = callMcpTool({
        name,
        server,
        tool,
        arguments: argumentsOf(ctx, input),
        signal: ctx.signal,
        log: ctx.log,
        // A fraction of 0 never lowers what was told before.
        onProgress: ({ fraction, message }) => bar.tell(fraction ?? 0, message ?? `${tool} is at work`),
        connectTimeoutMs: connectTimeoutMs ?? mcpConnectMs,
        requestTimeoutMs: requestTimeoutMs ?? asLongAsTheAttemptMs,
        silenceMs: silenceMs ?? mcpSilenceMs,
      });
      const result = await calling.finally(() => bar[Symbol.dispose]());
      return { done: await toolResult(tool, result, (bytes, type) => ctx.storeBlob(bytes, type)) };
    },
  });
}

function inputAsArguments(_: AgentContext, input: unknown): Record<string, unknown> {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject ? (input as Record<string, unknown>) : { input };
}
