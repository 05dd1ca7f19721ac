/** The list of tasks, on the engine's lists: those know status and age, what a task says of itself stands in its log. */
import { BatonError } from '../../../protocol/errors.ts';
import { listPageMax, mgxListedMax, mgxReadsAtOnce } from '../../../protocol/limits.ts';
import type { RunSummary } from '../../../protocol/schemas/commands.ts';
import type { RunStatus } from '../../../protocol/schemas/state.ts';
import { contract } from '../../../workflows/mgx-tasks/contract.ts';
import type { Guard } from '../../auth/guard.ts';
import type { TaskObject, TaskStatus } from './messages.ts';
import { taskObject, type TaskState } from './task-state.ts';
import type { Tasks } from './tasks.ts';

const statusesOf: Readonly<Record<TaskStatus, readonly RunStatus[]>> = {
  PENDING: ['pending'],
  RUNNING: ['running', 'waiting', 'paused', 'stuck', 'cancelling'],
  COMPLETED: ['completed'],
  FAILED: ['failed', 'timed_out'],
  CANCELLED: ['cancelled', 'terminated'],
};

interface Page {
  tasks: TaskObject[];
  total: number;
}

export async function listTasks(
  tasks: Tasks,
  guard: Guard,
  { limit, offset, status }: { limit: number; offset: number; status?: TaskStatus | undefined },
): Promise<Page> {
  const runs = await runsOf(guard, status);
  const newest = runs.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
  const read = await inLots(newest.slice(offset, offset + limit), (run) => stateOf(tasks, guard, run.id));
  // The log is ahead of the list: what has changed since, and fits the filter no longer, is left out.
  const shown = read.filter((task) => task !== null && (status === undefined || task.status === status));
  return {
    tasks: shown.map((task) => taskObject(task as TaskState)),
    total: runs.length - (read.length - shown.length),
  };
}

/** Each once, whatever moves from page to page meanwhile. */
async function runsOf(guard: Guard, status: TaskStatus | undefined): Promise<RunSummary[]> {
  const found = new Map<string, RunSummary>();
  const filter = { blueprint: contract.name, limit: listPageMax, ...(status ? { status: statusesOf[status] } : {}) };
  let cursor: string | null = null;
  do {
    const { items, nextCursor } = await guard.list(cursor === null ? filter : { ...filter, cursor });
    for (const run of items) found.set(run.id, run);
    cursor = nextCursor;
  } while (cursor !== null && found.size < mgxListedMax);
  return [...found.values()];
}

/** null where it has gone past retention since it was listed, or what it says of itself is lost. */
async function stateOf(tasks: Tasks, guard: Guard, run: string): Promise<TaskState | null> {
  try {
    return await tasks.read(guard, run);
  } catch (error) {
    if (error instanceof BatonError && gone.has(error.code)) return null;
    throw error;
  }
}

const gone: ReadonlySet<string> = new Set(['run_not_found', 'blob_not_found']);

async function inLots<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < items.length; from += mgxReadsAtOnce)
    done.push(...(await Promise.all(items.slice(from, from + mgxReadsAtOnce).map(work))));
  return done;
}
