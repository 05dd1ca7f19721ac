/** `npm start` as a person would have it: real processes on a data folder of their own and free ports. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ProcessEntry } from '../../server/launcher/processes-file.ts';

const root = join(import.meta.dirname, '..', '..');
const upTimeoutMs = 90_000;

export interface Program {
  readonly pid: number;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  signal(signal: NodeJS.Signals): void;
}

export interface Launched extends Program {
  readonly api: string;
  processes(): ProcessEntry[];
  pidOf(role: ProcessEntry['role']): number;
}

/** A command of the bootstrap. The environment has nothing of Baton's but what is given. */
export function runCommand(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(BATON_(?!CACHE_DIR)|TEMPORAL_|AUTH_|MODEL_|MCP_|MGX_|EXA_|WORKSPACE_|VITEST|NODE_OPTIONS)/.test(name),
    ),
  );
  const child = spawn(process.execPath, [join(root, 'server', 'bootstrap.mjs'), ...args], {
    cwd: root,
    env: { ...clean, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
    signal: (signal) => void child.kill(signal),
  };
}

/** Resolves when the screen is shown. */
export async function launchBaton(
  dataDir: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Launched> {
  const ports = ['--port', '0', '--temporal-port', '0'];
  const program = runCommand(['start', '--data-dir', dataDir, ...ports, ...args], environment);
  const died = program.ended.then((code) => {
    throw new Error(`ended with ${code} before it was up:\n${program.output()}`);
  });
  died.catch(() => undefined);
  const up = vi.waitFor(
    () => {
      if (!/Ctrl-C stops it/.test(program.output())) throw new Error(`not up:\n${program.output()}`);
    },
    { timeout: upTimeoutMs, interval: 50 },
  );
  try {
    await Promise.race([up, died]);
  } catch (error) {
    // Nobody else has it, to stop it.
    program.signal('SIGTERM');
    await program.ended;
    throw error;
  }
  const processes = (): ProcessEntry[] =>
    JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as ProcessEntry[];
  return {
    ...program,
    api: /API\s+(http:\S+)\/v1/.exec(program.output())?.[1] ?? '',
    processes,
    pidOf: (role) => {
      const entry = processes().find((each) => each.role === role);
      if (entry === undefined) throw new Error(`no ${role} runs`);
      return entry.pid;
    },
  };
}

/** Whether a process runs; one that has ended but was not waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export async function allGone(pids: readonly number[]): Promise<void> {
  await vi.waitFor(
    () => {
      const left = pids.filter((pid) => isAlive(pid));
      if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
    },
    { timeout: 30_000, interval: 20 },
  );
}
