/** The process of an MCP server over stdio: its own group, its error output kept, never left behind. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import spawn from 'cross-spawn';
import { mcpLastWordsMs, mcpStderrCharacters, mcpStopStepMs } from '../../protocol/limits.ts';
import { killGroup } from './kill-group.ts';
import { LineCutter } from './message-lines.ts';
import { guardProcess } from './orphan-guard.ts';
import { withoutSecrets } from './secrets.ts';

export interface ServerCommand {
  command: string;
  args?: readonly string[];
  /** Beside a few harmless ones of this process (HOME, PATH, …); nothing else is handed on. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export class ServerProcess {
  /** It is gone. */
  readonly exited: Promise<ServerExit>;
  /** It is gone, and what it had still written has been read. */
  readonly ended: Promise<ServerExit>;
  /** The end of what it has written to its error output. */
  stderrTail = '';
  private readonly child: ChildProcess;
  private readonly pid: number;
  private hasExited = false;

  private constructor(child: ChildProcess, { env }: ServerCommand, onStderr: (line: string) => void) {
    this.child = child;
    this.pid = child.pid ?? 0;
    const guarded = guardProcess(this.pid);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.hasExited = true;
        guarded[Symbol.dispose]();
        resolve({ code, signal });
      });
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    this.ended = this.exited.then(async (exit) => {
      // Something that it has started may hold its output open for ever.
      await Promise.race([closed, setTimeout(mcpLastWordsMs, undefined, { ref: false })]);
      return exit;
    });
    // Writing to a server that has ended is told by its exit.
    child.stdin?.on('error', () => undefined);
    const lines = new LineCutter(1024 * 1024);
    child.stderr?.on('data', (chunk: Buffer) => {
      for (const raw of cutOrDrop(lines, chunk)) {
        const line = withoutSecrets(raw, env);
        this.stderrTail = `${this.stderrTail}${line}\n`.slice(-mcpStderrCharacters);
        onStderr(line);
      }
    });
  }

  /** Rejects where the program cannot be started. */
  static async start(command: ServerCommand, onStderr: (line: string) => void): Promise<ServerProcess> {
    const child = spawn(command.command, [...(command.args ?? [])], {
      env: { ...getDefaultEnvironment(), ...command.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: command.cwd,
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    await once(child, 'spawn');
    return new ServerProcess(child, command, onStderr);
  }

  get input(): NodeJS.WritableStream {
    if (!this.child.stdin) throw new Error('the server has no standard input');
    return this.child.stdin;
  }

  onOutput(heard: (chunk: Buffer) => void): void {
    this.child.stdout?.on('data', heard);
  }

  /** Ends its input, then asks it to end, then kills it, with all that it has started. Resolves when it is gone. */
  async stop(): Promise<ServerExit> {
    this.child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await this.exitsWithin(mcpStopStepMs)) break;
      killGroup(this.pid, signal);
    }
    const exit = await this.exited;
    // Its children may have outlived it.
    killGroup(this.pid, 'SIGKILL');
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    return exit;
  }

  private async exitsWithin(delayMs: number): Promise<boolean> {
    if (!this.hasExited) await Promise.race([this.exited, setTimeout(delayMs, undefined, { ref: false })]);
    return this.hasExited;
  }
}

/** An endless line on the error output is not worth a failure. */
function cutOrDrop(lines: LineCutter, chunk: Buffer): string[] {
  try {
    return lines.push(chunk);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [`${lines.rest().slice(0, 1_000)} …`];
  }
}
