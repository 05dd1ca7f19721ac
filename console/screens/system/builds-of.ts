import type { QueueStanding } from '../../../client/index.ts';

export interface Build {
  /** null: its workers told none. */
  build: string | null;
  /** Processes, each once however many queues it serves. */
  workers: number;
}

/** What the workers run, the most of them first. Pure. */
export function buildsOf(queues: readonly QueueStanding[]): Build[] {
  const workers = new Map(queues.flatMap((queue) => queue.workers.map(({ identity, build }) => [identity, build])));
  const counts = new Map<string | null, number>();
  for (const build of workers.values()) counts.set(build, (counts.get(build) ?? 0) + 1);
  return [...counts].map(([build, count]) => ({ build, workers: count })).toSorted((a, b) => b.workers - a.workers);
}
