/**
 * The SDK's transport over a server process of ours. The SDK's own one tells neither the exit code nor what a server
 * prints that is no message, and kills only the process itself, not what that has started.
 */
import { parseJSONRPCMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { payloadBytesMax } from '../../protocol/limits.ts';
import { LineCutter } from './message-lines.ts';
import type { ServerProcess } from './server-process.ts';

export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  private readonly server: ServerProcess;
  private readonly heard: { garbage: (line: string) => void; tooLong: (error: RangeError) => void };
  private readonly lines = new LineCutter(payloadBytesMax + 1024 * 1024);
  private isClosed = false;

  constructor(server: ServerProcess, heard: StdioTransport['heard']) {
    this.server = server;
    this.heard = heard;
  }

  async start(): Promise<void> {
    this.server.onOutput((chunk) => this.read(chunk));
    void this.server.ended.then(() => this.closed());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { input } = this.server;
    if (input.write(`${JSON.stringify(message)}\n`)) return;
    await Promise.race([new Promise((resolve) => input.once('drain', resolve)), this.server.exited]);
  }

  async close(): Promise<void> {
    await this.server.stop();
    this.closed();
  }

  private read(chunk: Buffer): void {
    let lines: string[];
    try {
      lines = this.lines.push(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.heard.tooLong(error);
      void this.close();
      return;
    }
    for (const line of lines) {
      const message = parseLine(line);
      if (message) this.onmessage?.(message);
      else if (line.trim() !== '') this.heard.garbage(line);
    }
  }

  private closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onclose?.();
  }
}

function parseLine(line: string): JSONRPCMessage | null {
  try {
    return parseJSONRPCMessage(JSON.parse(line));
  } catch {
    // Whatever it is, it is no message; the caller tells it.
    return null;
  }
}
