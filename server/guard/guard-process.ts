/**
 * Outlives the process that forked it by a moment, to leave nothing of it behind: when the IPC channel closes, however
 * that came about, it kills what it has started and what it was told to watch. It never does anything else that could
 * keep it busy.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { killNow } from './guard.ts';
import type { GuardReport, GuardRequest, SpawnRequest } from './messages.ts';

/** Watched processes notice the parent's death themselves and have this long to close their sockets. */
const watchedGraceMs = 2_000;

/** Linux: the kernel kills the child when this process dies, even by SIGKILL. */
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => process.platform === 'linux' && existsSync(path));

const children = new Map<number, ChildProcess>();
const watched = new Set<number>();

process.on('message', (request: GuardRequest) => {
  switch (request.op) {
    case 'spawn':
      void start(request.id, request);
      return;
    case 'signal':
      children.get(request.id)?.kill(request.signal);
      return;
    case 'watch':
      watched.add(request.pid);
      return;
    case 'unwatch':
      watched.delete(request.pid);
      return;
  }
});

process.on('disconnect', () => {
  for (const child of children.values()) child.kill('SIGKILL');
  if (watched.size === 0) process.exit(0);
  setTimeout(() => {
    for (const pid of watched) killNow(pid);
    process.exit(0);
  }, watchedGraceMs);
});

// Whoever stops all processes by name or group must not end the guard before the rest has stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function start(id: number, request: SpawnRequest): Promise<void> {
  const log = await open(request.logFile, 'a');
  const [command, args] =
    setpriv === undefined
      ? [request.command, request.args]
      : [setpriv, ['--pdeathsig', 'KILL', '--', request.command, ...request.args]];
  // A group of its own: Ctrl-C must not reach it before the workers have stopped.
  const child = spawn(command, args, { stdio: ['ignore', log.fd, log.fd], detached: true });
  children.set(id, child);
  child.once('spawn', () => report({ event: 'spawned', id, pid: child.pid ?? 0 }));
  child.once('error', (error) => report({ event: 'failed', id, message: error.message }));
  child.once('exit', (code, signal) => {
    children.delete(id);
    report({ event: 'exited', id, code, signal });
  });
  await log.close();
}

function report(message: GuardReport): void {
  // The channel may close in the meantime: then nobody is left to be told.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
