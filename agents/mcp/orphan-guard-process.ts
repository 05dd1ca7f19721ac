/** Outlives the process that forked it by a moment: kills the servers of a worker that was killed. */
import { killGroup } from './kill-group.ts';

const pids = new Set<number>();

process.on('message', ({ op, pid }: { op: 'watch' | 'unwatch'; pid: number }) => {
  if (op === 'watch') pids.add(pid);
  else pids.delete(pid);
});

process.on('disconnect', () => {
  for (const pid of pids) killGroup(pid, 'SIGKILL');
  process.exit(0);
});

// What a terminal sends to all must not end the guard first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
