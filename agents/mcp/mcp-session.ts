/**
 * One call of a tool on an MCP server: connect, call, listen, close. Whatever the server does, it ends.
 *
 *   no start, no handshake          no_mcp_server, mcp_silent, mcp_protocol
 *   exits while it works            mcp_crashed, with its exit code
 *   no message for too long         mcp_silent; mcp_protocol where it has printed what is none
 *   takes longer than the request   agent_timeout
 *   the tool or the call fails      mcp_tool_failed
 */
import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  type CallToolResult,
  type Transport,
} from '@modelcontextprotocol/client';
import type { AgentLog } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import { mcpGarbageLines } from '../../protocol/limits.ts';
import { progressOf, type McpProgress } from './progress-of.ts';
import { ServerProcess, type ServerCommand } from './server-process.ts';
import { StdioTransport } from './stdio-transport.ts';

export type McpServer = ServerCommand | { url: string; headers?: Readonly<Record<string, string>> };

export interface McpCall {
  /** For messages. */
  name: string;
  server: McpServer;
  tool: string;
  arguments: Record<string, unknown>;
  signal: AbortSignal;
  log: AgentLog;
  onProgress: (progress: McpProgress) => void;
  /** Every notification of the server, those of progress included, before the result that follows it. */
  onNotification?: (method: string, params: unknown) => void;
  connectTimeoutMs: number;
  requestTimeoutMs: number;
  silenceMs: number;
}

export async function callMcpTool(call: McpCall): Promise<CallToolResult> {
  const session = new McpSession(call);
  try {
    return await session.run();
  } catch (error) {
    throw await session.explain(error);
  } finally {
    await session.close();
  }
}

class McpSession {
  private readonly call: McpCall;
  private readonly client: Client;
  private readonly failed = new AbortController();
  private process: ServerProcess | null = null;
  private silence: NodeJS.Timeout | undefined;
  private garbage = { lines: 0, first: '' };
  private isConnected = false;

  constructor(call: McpCall) {
    this.call = call;
    // Over HTTP the newer protocol is looked for first; a local server is greeted as all of them know it.
    const mode = 'url' in call.server ? 'auto' : 'legacy';
    this.client = new Client({ name: 'baton', version: '1' }, { versionNegotiation: { mode } });
    this.client.setNotificationHandler('notifications/message', ({ params }) => {
      call.log.info('message of the MCP server', { level: params.level, data: params.data });
    });
    this.client.onerror = (error) => call.log.debug('MCP transport', { err: error });
  }

  async run(): Promise<CallToolResult> {
    const { call, client } = this;
    const signal = AbortSignal.any([call.signal, this.failed.signal]);
    signal.throwIfAborted();
    const transport = await this.open();
    await client.connect(transport, { signal, timeout: call.connectTimeoutMs });
    this.isConnected = true;
    this.listen(transport);
    const result = await client.callTool(
      { name: call.tool, arguments: call.arguments },
      { signal, timeout: call.requestTimeoutMs, onprogress: () => undefined },
    );
    return result;
  }

  async close(): Promise<void> {
    clearTimeout(this.silence);
    await this.client.close().catch((error: unknown) => {
      this.call.log.warn('an MCP server could not be left in order', { err: error });
    });
    await this.process?.stop();
  }

  /** What went wrong, in the words of the error table. */
  async explain(error: unknown): Promise<unknown> {
    const { call } = this;
    if (call.signal.aborted) return call.signal.reason;
    if (this.failed.signal.aborted) return this.failed.signal.reason;
    if (error instanceof BatonError) return error;
    const options = { cause: error };
    if (error instanceof ProtocolError) {
      const message = `${call.tool} of MCP server ${call.name}: ${error.message}`;
      return isOurFault(error.code)
        ? new BatonError('mcp_tool_failed', message, {}, options)
        : new Error(message, options);
    }
    const code = error instanceof SdkError ? error.code : null;
    if (this.process && code === SdkErrorCode.ConnectionClosed) return await this.explainExit(this.process, options);
    if (code === SdkErrorCode.RequestTimeout) return this.explainTimeout(options);
    if (code === SdkErrorCode.InvalidResult)
      return new BatonError('mcp_protocol', this.withOutput(error instanceof Error ? error.message : ''), {}, options);
    if (error instanceof Error && error.name === 'ZodError')
      return new BatonError(
        'mcp_protocol',
        this.withOutput('it answered with something else than a tool result'),
        {},
        options,
      );
    const text = error instanceof Error ? rootMessage(error) : String(error);
    return new BatonError('no_mcp_server', this.withOutput(`it cannot be reached: ${text}`), {}, options);
  }

  private async explainExit(process: ServerProcess, options: ErrorOptions): Promise<BatonError> {
    const { code, signal } = await process.exited;
    const how = signal ? `it was ended by ${signal}` : `it exited with code ${code}`;
    return new BatonError(
      this.isConnected ? 'mcp_crashed' : 'no_mcp_server',
      this.withOutput(how),
      { code, signal },
      options,
    );
  }

  private explainTimeout(options: ErrorOptions): BatonError {
    const { call, garbage } = this;
    if (this.isConnected)
      return new BatonError(
        'agent_timeout',
        this.withOutput(`${call.tool} took longer than ${call.requestTimeoutMs} ms`),
        {},
        options,
      );
    if (garbage.lines > 0) return this.garbageError(options);
    return new BatonError(
      'mcp_silent',
      this.withOutput(`no answer to the greeting in ${call.connectTimeoutMs} ms`),
      {},
      options,
    );
  }

  private async open(): Promise<Transport> {
    const { server, log, name } = this.call;
    if ('url' in server) {
      const requestInit = server.headers ? { headers: { ...server.headers } } : {};
      return new StreamableHTTPClientTransport(new URL(server.url), { requestInit });
    }
    const process = await ServerProcess.start(server, (line) =>
      log.info('error output of the MCP server', { server: name, line }),
    );
    this.process = process;
    return new StdioTransport(process, {
      garbage: (line) => this.hearGarbage(line),
      tooLong: ({ message }) =>
        this.failed.abort(new BatonError('mcp_protocol', this.withOutput(`it printed ${message}`))),
    });
  }

  /**
   * Every message is a sign of life. Progress is taken here, from both notifications: the SDK handles a notification
   * later than a result that follows it in the same chunk, and then no longer knows its token.
   */
  private listen(transport: Transport): void {
    const { onmessage } = transport;
    transport.onmessage = (message, extra) => {
      this.garbage = { lines: 0, first: '' };
      this.silence?.refresh();
      if ('method' in message && message.method === 'notifications/progress') this.tell(progressOf(message.params));
      if ('method' in message && message.method === '$/progress') this.tell(progressOf(message.params, 1));
      if ('method' in message && !('id' in message)) this.call.onNotification?.(message.method, message.params);
      onmessage?.(message, extra);
    };
    const { silenceMs } = this.call;
    this.silence = setTimeout(() => {
      const error = new BatonError('mcp_silent', this.withOutput(`no message for ${silenceMs} ms`));
      this.failed.abort(this.garbage.lines > 0 ? this.garbageError({ cause: error }) : error);
    }, silenceMs);
  }

  private hearGarbage(line: string): void {
    this.garbage = { lines: this.garbage.lines + 1, first: this.garbage.first || line.slice(0, 200) };
    if (this.garbage.lines === 1)
      this.call.log.warn('the MCP server prints what is no message', { line: line.slice(0, 200) });
    if (this.garbage.lines > mcpGarbageLines) this.failed.abort(this.garbageError());
  }

  private garbageError(options?: ErrorOptions): BatonError {
    const { lines, first } = this.garbage;
    const what = `it printed ${lines} line${lines === 1 ? '' : 's'} that are no messages, the first: ${first}`;
    return new BatonError('mcp_protocol', this.withOutput(what), {}, options);
  }

  private tell(progress: McpProgress | null): void {
    if (progress) this.call.onProgress(progress);
  }

  private withOutput(message: string): string {
    const tail = this.process?.stderrTail.trim() ?? '';
    return `MCP server ${this.call.name}: ${message}${tail === '' ? '' : `; its error output ends: ${tail}`}`;
  }
}

/** JSON-RPC's codes for a call that no repetition changes: no such method or tool, bad arguments. */
function isOurFault(code: number): boolean {
  return code === -32_600 || code === -32_601 || code === -32_602;
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${rootMessage(error.cause)}` : error.message;
}
