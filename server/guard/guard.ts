/** This side of the guard: processes that end with the one that asked for them, however it ends. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GuardReport, GuardRequest, SpawnRequest } from './messages.ts';

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface GuardedProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  signal(signal: NodeJS.Signals): void;
}

export interface Guard {
  readonly pid: number;
  readonly exited: Promise<void>;
  /** Rejects when the program cannot be started. */
  spawn(request: SpawnRequest): Promise<GuardedProcess>;
  /** Processes that were started elsewhere and must not survive either. */
  watch(pid: number): Disposable;
  /** Ends the guard and, at once, whatever it still has. */
  close(): Promise<void>;
}

const guardLost: ExitStatus = { code: null, signal: 'SIGKILL' };

interface Pending {
  spawned(pid: number): void;
  failed(error: Error): void;
  exited(status: ExitStatus): void;
}

export async function startGuard(): Promise<Guard> {
  const child = fork(fileURLToPath(new URL('./guard-process.ts', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const pending = new Map<number, Pending>();
  let lastId = 0;

  const exited = once(child, 'exit').then(() => {
    for (const entry of pending.values()) {
      entry.failed(new Error(`the guard (pid ${pid}) was killed`));
      entry.exited(guardLost);
    }
    pending.clear();
  });
  child.on('message', (report: GuardReport) => {
    const entry = pending.get(report.id);
    if (report.event === 'spawned') entry?.spawned(report.pid);
    else if (report.event === 'failed') entry?.failed(new Error(report.message));
    else entry?.exited(report);
    if (report.event !== 'spawned') pending.delete(report.id);
  });
  const tell = (request: GuardRequest): void => {
    if (child.connected) child.send(request);
  };

  return {
    pid,
    exited,
    spawn: async (request) => {
      const id = ++lastId;
      const exit = Promise.withResolvers<ExitStatus>();
      const started = Promise.withResolvers<number>();
      pending.set(id, { spawned: started.resolve, failed: started.reject, exited: exit.resolve });
      if (!child.connected) throw new Error(`the guard (pid ${pid}) is gone`);
      tell({ op: 'spawn', id, ...request });
      const childPid = await started.promise;
      return { pid: childPid, exited: exit.promise, signal: (signal) => tell({ op: 'signal', id, signal }) };
    },
    watch: (watchedPid) => {
      tell({ op: 'watch', pid: watchedPid });
      return { [Symbol.dispose]: () => tell({ op: 'unwatch', pid: watchedPid }) };
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
