/** A command of the repository as a process of its own, with nothing of this one's environment but what it is given. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Ended {
  code: number | null;
  /** Both streams, as they came. */
  out: string;
}

/** `program`: a path in the repository, as in `client/cli/main.ts`. */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const file = join(import.meta.dirname, '..', '..', program);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}
