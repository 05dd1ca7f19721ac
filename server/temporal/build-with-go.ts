/** A program of the Temporal server, built from its published source. Go verifies it against its checksum database. */
import { spawn } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exitOf } from './exit-of.ts';
import { goVersion, type ServerProgram } from './version.ts';

const progressIntervalMs = 1_000;

/** Returns the path of the program, in `folder`. Throws with the reason in one line. About 4 minutes on 2 cores. */
export async function buildWithGo(options: {
  program: ServerProgram;
  folder: string;
  environment: Readonly<NodeJS.ProcessEnv>;
  progress: (text: string) => void;
}): Promise<string> {
  const { program } = options;
  const began = performance.now();
  const show = (): void => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    options.progress(`Building the ${program.title} with Go, once, about 4 minutes on 2 cores: ${seconds} s`);
  };
  show();
  const ticking = setInterval(show, progressIntervalMs);
  try {
    const child = spawn('go', ['install', program.goPackage], {
      // The module may not be found from a folder that is in another module's workspace.
      cwd: options.folder,
      env: { ...options.environment, GOBIN: options.folder, GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { ok, output } = await exitOf(child);
    if (!ok) throw new Error(explain(output));
  } finally {
    clearInterval(ticking);
  }
  const file = join(options.folder, program.file);
  await rename(join(options.folder, program.builtName), file);
  return file;
}

function explain(output: string): string {
  if (output.includes('ENOENT')) return `Go is not installed (${goVersion} or newer)`;
  return output.split('\n').slice(-3).join(' | ');
}
