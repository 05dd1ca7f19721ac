/** An agent out of one of our own MCP servers: a process for each attempt, its progress in the log. */
import { fileURLToPath } from 'node:url';
import type { CallToolResult } from '@modelcontextprotocol/client';
import {
  defineAgent,
  type Agent,
  type AgentContext,
  type AgentContract,
  type AgentResult,
} from '../../protocol/agent.ts';
import { BatonError, isErrorCode } from '../../protocol/errors.ts';
import { mcpConnectMs, mcpRepeatMs, mcpSilenceMs } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import { countUsage } from '../../runtime/model/usage-meter.ts';
import { workspaceRoots } from '../../runtime/workspace-roots.ts';
import { callMcpTool, type McpServer } from '../mcp/mcp-session.ts';
import { spokenProgress } from '../mcp/spoken-progress.ts';
import {
  notifications,
  textSchema,
  toolAnswerSchema,
  toolFaultSchema,
  usageSchema,
  type ToolAnswer,
} from './servers/tool-call.ts';

/** setTimeout takes no more; the attempt's own timeout ends it long before. */
const asLongAsTheAttemptMs = 2 ** 31 - 1;

export interface ServerAgentParts<Input, Output> {
  contract: AgentContract<Input, Output>;
  server: McpServer;
  tool: string;
  argumentsOf?: (ctx: AgentContext, input: Input) => Record<string, unknown>;
  /** What later steps need of a result, as it is merged into the state. */
  updateOf: (output: Output) => Record<string, unknown>;
  /** Progress is repeated where nothing was told for so long. */
  repeatMs?: number;
  /** Asks the research agent. Default: the tool may not. */
  delegate?: (ctx: AgentContext, input: Input, query: string) => Promise<AgentResult<Output>>;
}

type SettingsOfServers = Pick<
  Config,
  'WORKSPACE_ROOTS' | 'WORKSPACE_WRITE' | 'MODEL_PROVIDER' | 'MODEL_NAME' | 'MODEL_BASE_URL' | 'MODEL_API_KEY'
>;

/** A program of `servers/`, with the settings that it reads. */
export function serverProgram(name: string, config: SettingsOfServers): McpServer {
  const { MODEL_PROVIDER, MODEL_NAME, MODEL_BASE_URL, MODEL_API_KEY } = config;
  const model = Object.entries({ MODEL_PROVIDER, MODEL_NAME, MODEL_BASE_URL, MODEL_API_KEY });
  return {
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL(`./servers/${name}-server.ts`, import.meta.url)),
    ],
    env: {
      WORKSPACE_ROOTS: workspaceRoots(config.WORKSPACE_ROOTS).join(':'),
      WORKSPACE_WRITE: config.WORKSPACE_WRITE ? '1' : '0',
      ...Object.fromEntries(model.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    },
  };
}

export function mcpServerAgent<Input, Output>(parts: ServerAgentParts<Input, Output>): Agent<Input, Output> {
  const { contract, server, tool, updateOf, delegate } = parts;
  return defineAgent({
    contract,
    run: async (ctx, input) => {
      let lastWords: string | undefined;
      const bar = spokenProgress(ctx, parts.repeatMs ?? mcpRepeatMs);
      const usage = { inputTokens: 0, outputTokens: 0 };
      const calling = callMcpTool({
        name: contract.name,
        server,
        tool,
        arguments: parts.argumentsOf?.(ctx, input) ?? (input as Record<string, unknown>),
        signal: ctx.signal,
        log: ctx.log,
        onProgress: ({ fraction, message }) => {
          // The last is the step's, and told at its end: an attempt may fail and another begin.
          if (fraction === 1) lastWords = message ?? undefined;
          else bar.tell(fraction ?? 0, message ?? `${tool} is at work`);
        },
        onNotification: (method, params) => {
          if (method === notifications.text) ctx.text(textSchema.safeParse(params).data?.text ?? '');
          if (method !== notifications.usage) return;
          const used = usageSchema.safeParse(params).data;
          usage.inputTokens += used?.inputTokens ?? 0;
          usage.outputTokens += used?.outputTokens ?? 0;
        },
        connectTimeoutMs: mcpConnectMs,
        requestTimeoutMs: asLongAsTheAttemptMs,
        silenceMs: mcpSilenceMs,
      });
      const answer = answerOf(
        tool,
        await calling.finally(() => {
          bar[Symbol.dispose]();
          if (usage.inputTokens + usage.outputTokens > 0) countUsage(usage);
        }),
      );
      if ('research' in answer) {
        if (!delegate) throw new BatonError('mcp_protocol', `${tool} asks for research, and may not`);
        return await delegate(ctx, input, answer.research.query);
      }
      const done = contract.output.parse(answer.done);
      return { done, update: updateOf(done), ...(lastWords === undefined ? {} : { message: lastWords }) };
    },
  });
}

/** A fault without a code is one that another attempt may not meet. */
function answerOf(tool: string, { isError, content, structuredContent }: CallToolResult): ToolAnswer {
  if (isError !== true) {
    const answer = toolAnswerSchema.safeParse(structuredContent);
    if (answer.success) return answer.data;
    throw new BatonError('mcp_protocol', `${tool} answered with something else than an answer`);
  }
  const [block] = content;
  const text = block?.type === 'text' ? block.text : 'failed without a message';
  const { code, message } = toolFaultSchema.safeParse(structuredContent).data ?? { code: null, message: text };
  if (isErrorCode(code)) throw new BatonError(code, message);
  throw new Error(message);
}
