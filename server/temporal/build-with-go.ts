/** The Temporal server's program, built from its published source. Go verifies it against its checksum database. */
import { spawn } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exitOf } from './exit-of.ts';
import { binaryName, goPackage, goVersion } from './version.ts';

const progressIntervalMs = 1_000;

/** What `go install` names it. */
const builtName = process.platform === 'win32' ? 'server.exe' : 'server';

/** Returns the path of the program, in `folder`. Throws with the reason in one line. About 4 minutes on 2 cores. */
export async function buildWithGo(options: {
  folder: string;
  environment: Readonly<NodeJS.ProcessEnv>;
  progress: (text: string) => void;
}): Promise<string> {
  const began = performance.now();
  const show = (): void => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    options.progress(`Building the Temporal server with Go, once, about 4 minutes on 2 cores: ${seconds} s`);
  };
  show();
  const ticking = setInterval(show, progressIntervalMs);
  try {
    const child = spawn('go', ['install', goPackage], {
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
  const program = join(options.folder, binaryName);
  await rename(join(options.folder, builtName), program);
  return program;
}

function explain(output: string): string {
  if (output.includes('ENOENT')) return `Go is not installed (${goVersion} or newer)`;
  return output.split('\n').slice(-3).join(' | ');
}
