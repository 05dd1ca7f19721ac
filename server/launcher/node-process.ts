/** A worker, a gateway, or both, as a child process of the launcher. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guard } from '../guard/guard.ts';
import { rotateLog } from '../log-file.ts';
import type { FromProcess, Role, ToProcess } from '../process-messages.ts';
import type { RunningProcess } from './part.ts';

/** Longer than running activities are given to stop, besides the time that they have to finish. */
const stopDeadlineMs = 15_000;

export interface NodeProcessOptions {
  role: Role;
  environment: Readonly<Record<string, string | undefined>>;
  logFile: string;
  guard: Guard;
  /** How long a stopping worker lets running steps finish. */
  drainMs: number;
}

/** Resolves when the process says that it is ready; rejects with its reason, and it has ended then. */
export async function startNodeProcess(options: NodeProcessOptions): Promise<RunningProcess> {
  await mkdir(dirname(options.logFile), { recursive: true });
  await rotateLog(options.logFile);
  const log = await open(options.logFile, 'a');
  const child = fork(
    fileURLToPath(new URL('../process.ts', import.meta.url)),
    ['--role', options.role, '--supervised'],
    {
      env: { ...options.environment },
      execArgv: ['--disable-warning=ExperimentalWarning', '--enable-source-maps'],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    },
  );
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  const firstMessage = once(child, 'message').then(([value]) => value as FromProcess);
  await log.close();
  const pid = child.pid ?? 0;
  const watched = options.guard.watch(pid);
  void ended.then(() => watched[Symbol.dispose]());

  const silent = ended.then((how): FromProcess => ({
    kind: 'failed',
    message: `${how}; its log is ${options.logFile}`,
  }));
  const first = await Promise.race([firstMessage, silent]);
  if (first.kind === 'failed') {
    await ended;
    throw new Error(`${options.role}: ${first.message}`);
  }
  return {
    pid,
    port: first.port,
    ended,
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      const message: ToProcess = { kind: 'stop' };
      if (child.connected) child.send(message, () => undefined);
      const kill = setTimeout(() => child.kill('SIGKILL'), options.drainMs + stopDeadlineMs);
      await ended;
      clearTimeout(kill);
    },
  };
}
