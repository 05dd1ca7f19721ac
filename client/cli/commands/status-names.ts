import type { RunStatus } from '../../types.ts';

/** For help and checks. `Record` makes the compiler say when one is missing. */
const known: Record<RunStatus, true> = {
  pending: true,
  running: true,
  waiting: true,
  paused: true,
  stuck: true,
  cancelling: true,
  completed: true,
  failed: true,
  cancelled: true,
  terminated: true,
  timed_out: true,
};

export const runStatusNames: readonly string[] = Object.keys(known);
