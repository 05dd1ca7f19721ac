/** This side of the guard: processes that end with the one that asked for them, however it ends. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GuardReport, GuardRequest, SpawnRequest } from './messages.ts';

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function describeExit(status: ExitStatus): string {
  return status.signal ?? `exit code ${status.code}`;
}

export interface GuardedProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  signal(signal: NodeJS.Signals): void;
}

export interface Guard {
  /** Of the guard's process now: when it is killed another takes its place. */
  pid(): number;
  /** Rejects when the program cannot be started. */
  spawn(request: SpawnRequest): Promise<GuardedProcess>;
  /** Processes that were started elsewhere and must not survive either. */
  watch(pid: number): Disposable;
  /** Ends the guard and, at once, whatever it still has. */
  close(): Promise<void>;
}

interface Spawned {
  pid: number | null;
  started(pid: number): void;
  failed(error: Error): void;
  exited(status: ExitStatus): void;
}

export async function startGuard(): Promise<Guard> {
  const spawned = new Map<number, Spawned>();
  const watched = new Set<number>();
  let lastId = 0;
  let closed = false;
  let child = forkGuard();
  let childExit = serve(child);
  await once(child, 'spawn');

  function serve(process: ChildProcess): Promise<void> {
    process.on('message', (report: GuardReport) => settle(spawned, report));
    return once(process, 'exit').then(() => {
      abandon(spawned, process.pid ?? 0);
      if (closed) return;
      child = forkGuard();
      childExit = serve(child);
      for (const pid of watched) tell({ op: 'watch', pid });
    });
  }

  const tell = (request: GuardRequest): void => {
    // A guard that is killed in the meantime is replaced, and the next one told what counts.
    if (child.connected) child.send(request, () => undefined);
  };

  return {
    pid: () => child.pid ?? 0,
    spawn: async (request) => {
      const id = ++lastId;
      const exit = Promise.withResolvers<ExitStatus>();
      const start = Promise.withResolvers<number>();
      spawned.set(id, { pid: null, started: start.resolve, failed: start.reject, exited: exit.resolve });
      tell({ op: 'spawn', id, ...request });
      const pid = await start.promise;
      return { pid, exited: exit.promise, signal: (signal) => tell({ op: 'signal', id, signal }) };
    },
    watch: (pid) => {
      watched.add(pid);
      tell({ op: 'watch', pid });
      return {
        [Symbol.dispose]: () => {
          watched.delete(pid);
          tell({ op: 'unwatch', pid });
        },
      };
    },
    close: async () => {
      closed = true;
      if (child.connected) child.disconnect();
      await childExit;
    },
  };
}

function forkGuard(): ChildProcess {
  return fork(fileURLToPath(new URL('./guard-process.ts', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // A group of its own: what a terminal sends to all must not end the guard first.
    detached: true,
  });
}

function settle(spawned: Map<number, Spawned>, report: GuardReport): void {
  const entry = spawned.get(report.id);
  if (entry === undefined) return;
  switch (report.event) {
    case 'spawned':
      entry.pid = report.pid;
      entry.started(report.pid);
      return;
    case 'failed':
      entry.failed(new Error(report.message));
      break;
    case 'exited':
      entry.exited({ code: report.code, signal: report.signal });
      break;
  }
  spawned.delete(report.id);
}

/** The guard was killed, so nobody would end what it had started: it ends now. */
function abandon(spawned: Map<number, Spawned>, guardPid: number): void {
  for (const entry of spawned.values()) {
    if (entry.pid !== null) killNow(entry.pid);
    entry.failed(new Error(`the guard (pid ${guardPid}) was killed`));
    entry.exited({ code: null, signal: 'SIGKILL' });
  }
  spawned.clear();
}

/** A process that is gone already is as good. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
