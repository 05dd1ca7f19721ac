/** What a process's exit code says. docs/cli.md has the same table. */
import type { BatonClientError } from '../errors.ts';

export const exitCodes = {
  completed: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  terminated: 4,
  unreachable: 5,
  refused: 6,
  /** By Ctrl-C, as of every program: what was watched goes on. */
  interrupted: 130,
} as const;

/** Of a run that has ended with the status. */
export function exitCodeOf(status: string): number {
  switch (status) {
    case 'completed':
      return exitCodes.completed;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'terminated':
    case 'timed_out':
      return exitCodes.terminated;
    default:
      return exitCodes.failed;
  }
}

export function exitCodeOfError(error: BatonClientError): number {
  if (['unreachable', 'timeout', 'bad_response', 'temporal_down', 'shutting_down'].includes(error.code))
    return exitCodes.unreachable;
  return exitCodes.refused;
}
