/**
 * MCP servers do not outlive their worker, even one that is killed: a small process, started with the first server,
 * notices that its channel has closed and ends the rest.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let guard: ChildProcess | null = null;
const watched = new Set<number>();

/** From now on until disposal the group led by `pid` ends with this process. */
export function guardProcess(pid: number): Disposable {
  watched.add(pid);
  tell('watch', pid);
  return {
    [Symbol.dispose]: () => {
      watched.delete(pid);
      tell('unwatch', pid);
    },
  };
}

function tell(op: 'watch' | 'unwatch', pid: number): void {
  if (guard?.connected) guard.send({ op, pid }, () => undefined);
  else if (op === 'watch') guard = startGuard();
}

function startGuard(): ChildProcess {
  const child = fork(fileURLToPath(new URL('./orphan-guard-process.ts', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
  });
  // It must not keep its own process alive.
  child.unref();
  child.channel?.unref();
  child.once('exit', () => {
    guard = null;
    if (watched.size > 0) guard = startGuard();
  });
  for (const pid of watched) child.send({ op: 'watch', pid }, () => undefined);
  return child;
}
