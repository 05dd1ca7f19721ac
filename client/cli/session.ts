/** What every command has at hand: the gateway, the streams, the looks. */
import type { Readable } from 'node:stream';
import { BatonClient } from '../client.ts';
import type { Transport } from '../transport-ladder.ts';
import { colours, noColours, wantsColours, type Theme } from './render/theme.ts';
import { UsageError } from './usage-error.ts';

export interface Output extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** The process around the command line; tests give another. */
export interface Surroundings {
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  environment: Readonly<Record<string, string | undefined>>;
  /** Ctrl-C. Returns how to listen no more. */
  onInterrupt(listener: () => void): () => void;
}

export interface GlobalOptions {
  url?: string;
  token?: string;
  transport?: string;
}

const transports: readonly string[] = ['auto', 'websocket', 'sse', 'polling'];
const unknownColumns = 80;

export class Session {
  readonly around: Surroundings;
  readonly theme: Theme;
  readonly errorTheme: Theme;
  #client: BatonClient | null = null;
  #globals: GlobalOptions = {};

  constructor(around: Surroundings) {
    this.around = around;
    const themeFor = (output: Output) =>
      wantsColours(output.isTTY === true, around.environment) ? colours : noColours;
    this.theme = themeFor(around.stdout);
    this.errorTheme = themeFor(around.stderr);
  }

  configure(globals: GlobalOptions): void {
    this.#globals = globals;
  }

  get client(): BatonClient {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** Somebody sits at a terminal: questions can be asked, and the screen may be drawn over. */
  get isInteractive(): boolean {
    return this.around.stdin.isTTY === true && this.isTerminal;
  }

  get isTerminal(): boolean {
    return this.around.stdout.isTTY === true && this.around.environment['TERM'] !== 'dumb';
  }

  /** Width to cut to; what goes to a file or a pipe is not cut. */
  get columns(): number {
    return this.isTerminal ? Math.max(20, this.around.stdout.columns ?? unknownColumns) : Number.MAX_SAFE_INTEGER;
  }

  get rows(): number {
    return this.around.stdout.rows ?? 24;
  }

  print(...lines: readonly string[]): void {
    if (lines.length > 0) this.around.stdout.write(`${lines.join('\n')}\n`);
  }

  /** What is said beside the output: hints, losses of the connection. */
  note(line: string): void {
    this.around.stderr.write(`${this.errorTheme.dim(line)}\n`);
  }

  printJson(value: unknown, indent?: number): void {
    this.print(JSON.stringify(value, null, indent));
  }

  async readStdin(): Promise<string> {
    let text = '';
    this.around.stdin.setEncoding('utf8');
    for await (const chunk of this.around.stdin) text += String(chunk);
    return text;
  }

  close(): void {
    this.#client?.close();
  }

  #connect(): BatonClient {
    const { environment } = this.around;
    const url =
      this.#globals.url ?? environment['BATON_URL'] ?? `http://127.0.0.1:${environment['BATON_PORT'] ?? '8080'}`;
    if (!URL.canParse(url) || !/^https?:/.test(url)) {
      throw new UsageError(
        `${JSON.stringify(url)} is not the address of a gateway: give one as in http://127.0.0.1:8080`,
      );
    }
    const token = this.#globals.token ?? environment['BATON_TOKEN'];
    const transport = this.#globals.transport ?? 'auto';
    if (!transports.includes(transport)) throw new UsageError(`--transport is one of ${transports.join(', ')}`);
    return new BatonClient({
      url,
      transport: transport as 'auto' | Transport,
      name: 'cli',
      ...(token !== undefined && token !== '' && { token }),
    });
  }
}
