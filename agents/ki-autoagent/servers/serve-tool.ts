/**
 * An MCP server over stdio with one tool. Each step of the work is a notification on a line of its own, flushed at once:
 * `$/progress {progress, total: 1.0, message, timestamp}`; the first is 0.0, the last 1.0, also where the tool fails.
 */
import { McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { z } from 'zod';
import { withDecimalPoint } from '../../../protocol/decimal-point.ts';
import { BatonError } from '../../../protocol/errors.ts';
import { readConfig, type Config } from '../../../runtime/config.ts';
import { openModel } from '../../../runtime/model/open-model.ts';
import type { Model } from '../../../runtime/model/model.ts';
import { metered, UsageMeter } from '../../../runtime/model/usage-meter.ts';
import { workspaceRoots } from '../../../runtime/workspace-roots.ts';
import { notifications, type ToolAnswer, type ToolCall, type ToolFault } from './tool-call.ts';

export interface Surroundings {
  roots: readonly string[];
  mayWrite: boolean;
  model: Model | null;
}

export interface Tool<Input> {
  name: string;
  description: string;
  input: z.ZodType<Input>;
  /** Its last words beside the answer: the message of 1.0. */
  run(input: Input, call: ToolCall, surroundings: Surroundings): Promise<{ answer: ToolAnswer; message: string }>;
}

export function serveTool<Input>(tool: Tool<Input>): void {
  const surroundings = surroundingsOf(readConfig(process.env));
  serveStdio(() => {
    const server = new McpServer({ name: tool.name, version: '1.0.0' });
    const { name, description, input } = tool;
    server.registerTool(name, { description, inputSchema: input }, async (args, { mcpReq }) =>
      callTool(tool, tool.input.parse(args), mcpReq.signal, surroundings),
    );
    return server;
  });
}

async function callTool<Input>(
  tool: Tool<Input>,
  input: Input,
  signal: AbortSignal,
  surroundings: Surroundings,
): Promise<CallToolResult> {
  const meter = new UsageMeter();
  const call: ToolCall = {
    signal,
    progress: tellProgress,
    text: (text) => notify(notifications.text, JSON.stringify({ text })),
  };
  try {
    const { answer, message } = await metered(meter, () => tool.run(input, call, surroundings));
    if ('done' in answer) tellProgress(1, message);
    return { content: [{ type: 'text', text: message }], structuredContent: answer };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tellProgress(1, `❌ ${message}`);
    const fault: ToolFault = { code: error instanceof BatonError ? error.code : null, message };
    return { content: [{ type: 'text', text: message }], structuredContent: fault, isError: true };
  } finally {
    if (meter.answers > 0) notify(notifications.usage, JSON.stringify(meter.usage));
  }
}

function tellProgress(fraction: number, message: string): void {
  const timestamp = new Date().toISOString();
  const rest = JSON.stringify({ message, timestamp }).slice(1);
  notify('$/progress', `{"progress":${withDecimalPoint(fraction)},"total":1.0,${rest}`);
}

function notify(method: string, params: string): void {
  process.stdout.write(`{"jsonrpc":"2.0","method":"${method}","params":${params}}\n`);
}

function surroundingsOf(config: Config): Surroundings {
  return {
    roots: workspaceRoots(config.WORKSPACE_ROOTS),
    mayWrite: config.WORKSPACE_WRITE,
    model: openModel(config),
  };
}
